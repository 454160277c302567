import { connect as connectSocket, type Socket } from 'node:net'

/** A header field line: name and value, each character one byte (Latin-1). */
export type HeaderLine = readonly [name: string, value: string]

export interface RawResponse {
  readonly status: number
  readonly statusLine: string
  readonly headerLines: readonly HeaderLine[]
  readonly body: string
}

/** One TCP connection on which exact bytes are written, as no HTTP client would let us. */
export interface RawConnection {
  /** Writes the bytes and waits for the response that follows. `method` says whether that has a body. */
  exchange(bytes: Uint8Array | string, method?: string): Promise<RawResponse>
  close(): void
}

export async function connect(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connectSocket(port, host)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const incoming = createReader(socket)
  return {
    exchange: (bytes, method = 'GET') => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
      return incoming.read(method)
    },
    close: () => {
      socket.destroy()
    },
  }
}

/** The bytes of an HTTP/1.1 request with exactly these field lines. */
export function requestBytes(method: string, target: string, headerLines: readonly HeaderLine[], body = ''): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, ...headerLines.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
}

function createReader(socket: Socket): { read(method: string): Promise<RawResponse> } {
  let received = Buffer.alloc(0)
  let ended = false
  let failure: Error | undefined
  let wake = (): void => {}
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    wake()
  })
  socket.on('error', (error) => {
    failure = error
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  return {
    async read(method) {
      for (;;) {
        const parsed = parseResponse(received, method, ended)
        if (parsed !== undefined) {
          received = received.subarray(parsed.length)
          return parsed.response
        }
        if (ended) throw failure ?? new Error('the connection was closed before a whole response had come')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

interface Parsed {
  readonly response: RawResponse
  /** Bytes consumed. */
  readonly length: number
}

/** Parses one response, or returns `undefined` while bytes are missing. */
function parseResponse(bytes: Buffer, method: string, ended: boolean): Parsed | undefined {
  const endOfHead = bytes.indexOf('\r\n\r\n')
  if (endOfHead === -1) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, endOfHead).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1])
  const headerLines = lines.map((line): HeaderLine => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const start = endOfHead + 4
  if (status >= 100 && status < 200) return parseAfterInterim(bytes, start, method, ended)
  const body = parseBody(bytes.subarray(start), method, status, headerLines, ended)
  if (body === undefined) return undefined
  return {
    response: { status, statusLine, headerLines, body: body.content.toString('utf8') },
    length: start + body.length,
  }
}

function parseAfterInterim(bytes: Buffer, start: number, method: string, ended: boolean): Parsed | undefined {
  const final = parseResponse(bytes.subarray(start), method, ended)
  return final && { response: final.response, length: start + final.length }
}

interface Body {
  readonly content: Buffer
  readonly length: number
}

function parseBody(
  bytes: Buffer,
  method: string,
  status: number,
  headerLines: readonly HeaderLine[],
  ended: boolean,
): Body | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return { content: Buffer.alloc(0), length: 0 }
  const [transferEncoding] = linesNamed(headerLines, 'transfer-encoding')
  if (transferEncoding === 'chunked') return parseChunks(bytes)
  const [contentLength] = linesNamed(headerLines, 'content-length')
  if (contentLength === undefined) return ended ? { content: bytes, length: bytes.length } : undefined
  const length = Number(contentLength)
  return bytes.length < length ? undefined : { content: bytes.subarray(0, length), length }
}

function parseChunks(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = []
  let offset = 0
  for (;;) {
    const endOfSize = bytes.indexOf('\r\n', offset)
    if (endOfSize === -1) return undefined
    const size = Number.parseInt(bytes.subarray(offset, endOfSize).toString('latin1'), 16)
    const start = endOfSize + 2
    if (bytes.length < start + size + 2) return undefined
    offset = start + size + 2
    if (size === 0) return { content: Buffer.concat(chunks), length: offset }
    chunks.push(bytes.subarray(start, start + size))
  }
}

/** The values of all field lines with that name. */
export function linesNamed(headerLines: readonly HeaderLine[], name: string): string[] {
  return headerLines.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value)
}
