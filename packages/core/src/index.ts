export type { AccessToken, AccessTokenClaims } from './access-token.js'
export type { Algorithm } from './algorithm.js'
export { AuthenticationError } from './authentication-error.js'
export type { AuthenticationFailedEvent, KeySkippedEvent, KeysFetchEvent, SkipReason, VerifierEvent } from './events.js'
export type { FailureKind, FailureReason } from './failure.js'
export type { JsonObject, JsonValue } from './lib/json.js'
export {
  allowInsecureRequests,
  type IssuerOptions,
  type KeyOptions,
  type Profile,
  type VerifierOptions,
} from './options.js'
export { type NodeRequest, type RequestLike, viewNodeRequest } from './request.js'
export { defineRequirements, type OptionalRequirements, type Requirements } from './requirements/requirements.js'
export { type AuthenticationResult, createVerifier, type Verifier, verifierFrom } from './verifier.js'
