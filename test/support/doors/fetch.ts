import type { AccessToken } from '@resource-server/core'
import type { Answer, Door, RequestSpec } from '../door.js'
import type { HeaderLine } from '../raw.js'
import type { World } from '../world.js'

type FetchHandler = (request: Request) => Promise<Response>
type Guard = (world: World, path: string, handle: (accessToken: AccessToken | undefined) => Response) => FetchHandler

/** A serverless function that asks for a verdict and answers for itself. */
export const authenticateDoor: Door = fetchDoor(
  'Fetch, authenticate()',
  ({ verifier, routes }, path, handle) =>
    async (request) => {
      const result = await verifier.authenticate(request, routes[path] ?? {})
      return result.ok ? handle(result.accessToken) : result.error.toResponse()
    },
)

/** A serverless function wrapped as a whole. */
export const protectDoor: Door = fetchDoor('Fetch, protect()', ({ verifier, routes }, path, handle) =>
  verifier.protect(routes[path] ?? {}, (_request, accessToken) => handle(accessToken)),
)

function fetchDoor(name: string, guard: Guard): Door {
  return {
    name,
    seesFieldLines: false,
    authorizesLater: false,
    rendersOurBody: true,
    open: async (world) => {
      const handled: (AccessToken | undefined)[] = []
      const handle = (accessToken: AccessToken | undefined): Response => {
        handled.push(accessToken)
        return Response.json({ subject: accessToken?.subject })
      }
      const handlers = new Map(Object.keys(world.routes).map((path) => [path, guard(world, path, handle)]))
      return {
        close: async () => {},
        send: async ({ precededBy = [], ...spec }) => {
          for (const earlier of precededBy) await answer(handlers, earlier)
          const before = handled.length
          const last = await answer(handlers, spec)
          return { ...last, handled: handled.slice(before), logged: '' }
        },
      }
    },
  }
}

async function answer(
  handlers: ReadonlyMap<string, FetchHandler>,
  spec: RequestSpec,
): Promise<Omit<Answer, 'handled' | 'logged'>> {
  const request = requestFor(spec)
  if (request === undefined) return { delivered: false, status: 400, headerLines: [], body: '' }
  const handler = handlers.get(new URL(request.url).pathname)
  if (handler === undefined) return { delivered: true, status: 404, headerLines: [], body: '' }
  try {
    const response = await handler(request)
    const headerLines: HeaderLine[] = [...response.headers]
    return { delivered: true, status: response.status, headerLines, body: await response.text() }
  } catch {
    return { delivered: true, status: 500, headerLines: [], body: '' } // what every platform makes of an exception
  }
}

/** `undefined` where the platform refuses to make such a request. */
function requestFor({ method = 'GET', target = '/v1/r', headers = [], body }: RequestSpec): Request | undefined {
  try {
    const fields = new Headers()
    for (const [name, value] of headers) fields.append(name, value)
    return new Request(`https://api.test${target}`, { method, headers: fields, ...(body !== undefined && { body }) })
  } catch {
    return undefined
  }
}
