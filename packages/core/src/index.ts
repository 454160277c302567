export type { AccessToken, AccessTokenClaims } from './access-token.js'
export type { Algorithm } from './algorithm.js'
export { authenticateEagerly } from './authenticate-eagerly.js'
export { AuthenticationError } from './authentication-error.js'
export type {
  AuthenticationFailedEvent,
  Evidence,
  IntrospectionStoreEvent,
  KeySkippedEvent,
  KeysChangedEvent,
  KeysEvent,
  KeysFetchEvent,
  KeysForcedEvent,
  KeysStaleEvent,
  KeysStoreEvent,
  SkipReason,
  VerifierEvent,
} from './events.js'
export { explain } from './explain.js'
export type { FailureKind, FailureReason } from './failure.js'
export type { IssuerStatus, VerifierStatus } from './issuer/readiness.js'
export type { JsonObject, JsonValue } from './lib/json.js'
export { type AnswerMetadataRequest, type MetadataAnswer, protectedResourceMetadata } from './metadata.js'
export type {
  Introspect,
  IntrospectionFunctionOptions,
  IntrospectionOptions,
  IntrospectionResponse,
  PrivateJwk,
} from './options/introspection.js'
export type { Store } from './options/store.js'
export {
  allowInsecureRequests,
  type FindIssuer,
  type IssuerOptions,
  type JwkSet,
  type KeyOptions,
  type Profile,
  type ResourceOptions,
  type SelectIssuer,
  type TokenCacheOptions,
  type VerifierOptions,
} from './options.js'
export { type NodeRequest, type RequestLike, viewNodeRequest } from './request.js'
export {
  type AnonymousRequirements,
  defineRequirements,
  type OptionalAnonymousRequirements,
  type OptionalRequirements,
  type Requirements,
} from './requirements/requirements.js'
export { createVerifier, verifierFrom } from './verifier.js'
export type {
  AuthenticationResult,
  MetadataDocument,
  ProtectedResourceMetadata,
  Verifier,
} from './verifier-contract.js'
