export { httpsFetch } from './lib/https-fetch.js'
