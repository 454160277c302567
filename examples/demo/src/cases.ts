import type { Client, Clients } from './clients.js'
import { withAlgorithmNone, withLaterExpiry, withOtherSignature } from './tampering.js'
import type { Tokens } from './tokens.js'

/** What a call comes to. The challenge is compared without its `error_description`, whose wording is free. */
export interface Outcome {
  readonly status: number
  readonly client?: string | undefined
  readonly challenge?: string | undefined
  readonly retryAfter?: 'present' | undefined
  readonly reason?: string | undefined
}

export interface Case {
  /** What happens before it is sent. */
  readonly before?: () => Promise<void>
  readonly sent: string
  readonly authorization?: string
  readonly expected: Outcome
  readonly why: string
}

const noCredentials = 'Bearer realm="api"'
const invalidRequest = 'Bearer realm="api", error="invalid_request"'
export const invalidToken = 'Bearer realm="api", error="invalid_token"'
const insufficientScope = 'Bearer realm="api", error="insufficient_scope", scope="read:orders"'

export const casesFor = (tokens: Tokens, clients: Clients): Case[] => [
  {
    sent: tokenOf(clients.shop),
    authorization: `Bearer ${tokens.shop}`,
    expected: { status: 200, client: 'shop' },
    why: 'trusted issuer, this audience, the scope that the route wants',
  },
  {
    sent: tokenOf(clients.warehouse),
    authorization: `Bearer ${tokens.warehouse}`,
    expected: { status: 200, client: 'warehouse' },
    why: 'the same by another algorithm of the same issuer',
  },
  {
    sent: tokenOf(clients.billing),
    authorization: `Bearer ${tokens.billing}`,
    expected: { status: 200, client: 'billing' },
    why: 'how the client proved itself makes no difference to the API',
  },
  {
    sent: tokenOf(clients.reports),
    authorization: `Bearer ${tokens.reports}`,
    expected: { status: 200, client: 'reports' },
    why: 'a fourth algorithm, and still nothing to configure',
  },
  {
    sent: 'no token',
    expected: { status: 401, challenge: noCredentials, reason: 'no_credentials' },
    why: 'nothing was wrong yet, so the challenge names no error',
  },
  {
    sent: 'client id and secret by Basic, straight to the API',
    authorization: 'Basic c2hvcDpzZWNyZXQ=',
    expected: { status: 401, challenge: noCredentials, reason: 'unsupported_scheme' },
    why: 'these belong to the token endpoint; to the API they are no token at all',
  },
  {
    sent: 'two tokens in one header',
    authorization: `Bearer ${tokens.shop} ${tokens.billing}`,
    expected: { status: 400, challenge: invalidRequest, reason: 'malformed_credentials' },
    why: 'both are good, but which one counts must not be a guess',
  },
  {
    sent: 'an expired token',
    authorization: `Bearer ${tokens.expired}`,
    expected: { status: 401, challenge: invalidToken, reason: 'expired' },
    why: 'issued for one second, sent after it; the clock tolerance of these APIs is 0',
  },
  {
    sent: 'a good token with one digit of its expiry changed',
    authorization: `Bearer ${withLaterExpiry(tokens.shop)}`,
    expected: { status: 401, challenge: invalidToken, reason: 'signature' },
    why: 'the signature covers every character of the claims',
  },
  {
    sent: 'a good token with one character of its signature changed',
    authorization: `Bearer ${withOtherSignature(tokens.billing)}`,
    expected: { status: 401, challenge: invalidToken, reason: 'signature' },
    why: 'the claims are untouched, and worth nothing without their signature',
  },
  {
    sent: 'a good token whose header now says alg none',
    authorization: `Bearer ${withAlgorithmNone(tokens.shop)}`,
    expected: { status: 401, challenge: invalidToken, reason: 'algorithm' },
    why: 'a token does not get to choose that nobody checks it',
  },
  {
    sent: 'a token for the invoices API',
    authorization: `Bearer ${tokens.forInvoices}`,
    expected: { status: 401, challenge: invalidToken, reason: 'audience' },
    why: 'the same client, the same issuer, but meant for somebody else',
  },
  {
    sent: 'a token of an issuer that the APIs do not know',
    authorization: `Bearer ${tokens.fromStranger}`,
    expected: { status: 401, challenge: invalidToken, reason: 'unknown_issuer' },
    why: 'well signed by a stranger; its keys are not even fetched',
  },
  {
    sent: 'a token for read:profile only',
    authorization: `Bearer ${tokens.withoutOrders}`,
    expected: { status: 403, challenge: insufficientScope, reason: 'missing_scope' },
    why: 'the token is good; the challenge says what to ask for',
  },
  {
    sent: 'a token of a trusted issuer that is down',
    authorization: `Bearer ${tokens.fromPartner}`,
    expected: { status: 503, retryAfter: 'present', reason: 'metadata' },
    why: 'its keys cannot be loaded, the token may well be good: try later, do not discard it',
  },
  {
    sent: 'the first token again, that issuer still down',
    authorization: `Bearer ${tokens.shop}`,
    expected: { status: 200, client: 'shop' },
    why: 'the outage of one issuer is nothing to the others',
  },
]

const tokenOf = ({ id, authentication, tokenAlgorithm }: Client): string =>
  `${id}: a token by ${authentication.method}, ${tokenAlgorithm}`
