export {
  type IoRedisClient,
  type NodeRedisClient,
  type RedisStore,
  type RedisStoreOptions,
  redisStore,
} from './redis-store.js'
