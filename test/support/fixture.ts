/** The issuer, the audience and the moment that every test token is made for. */
export const I = 'https://as.test'
export const A = 'https://api.test/v1'
export const NOW = 1_800_000_000
/** Where the metadata of {@link A} belongs. */
export const M = 'https://api.test/.well-known/oauth-protected-resource/v1'
