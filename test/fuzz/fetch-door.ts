import type { AccessToken } from '@resource-server/core'
import type { Answer, OpenDoor } from './door.js'
import type { BadRequest } from './request.js'

type FetchHandler = (request: Request) => Promise<Response>

/** Fetch handlers in both styles, taking turns. */
export const fetchDoor: OpenDoor = async (verifier, { onHandled }) => {
  const handle = (accessToken: AccessToken): Response => {
    onHandled(accessToken)
    return Response.json({})
  }
  const routes: Readonly<Record<string, readonly FetchHandler[]>> = Object.fromEntries(
    Object.entries({ '/v1/open': {}, '/v1/w': { scopes: ['write'] } }).map(([path, requirements]) => [
      path,
      [
        verifier.protect(requirements, (_request, accessToken) => handle(accessToken)),
        async (request) => {
          const result = await verifier.authenticate(request, requirements)
          return result.ok ? handle(result.accessToken) : result.error.toResponse()
        },
      ],
    ]),
  )
  let turn = 0

  async function answer(bad: BadRequest): Promise<Answer | undefined> {
    const request = requestFor(bad)
    if (request === undefined) return undefined
    const response = await routes[new URL(request.url).pathname]![turn++ % 2]!(request)
    return { status: response.status, headerLines: [...response.headers], body: await response.text() }
  }

  return { send: (requests) => Promise.all(requests.map(answer)), close: async () => {} }
}

function requestFor({ method, target, headers, body }: BadRequest): Request | undefined {
  try {
    const fields = new Headers()
    for (const [name, value] of headers) fields.append(name, value)
    return new Request(`https://api.test${target}`, { method, headers: fields, ...(body !== undefined && { body }) })
  } catch {
    return undefined
  }
}
