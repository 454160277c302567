// Have no types of their own.
declare module 'autocannon'
declare module 'jsonwebtoken'
