import { connect } from 'node:net'
import type { HeaderLine } from './raw.js'

/** What this reads of an answer: the statuses that the static table of HPACK has (RFC 7541, appendix A). */
const statuses: ReadonlyMap<number, number> = new Map([
  [0x88, 200],
  [0x8b, 304],
  [0x8c, 400],
  [0x8d, 404],
  [0x8e, 500],
])

const FRAME = { headers: 1, settings: 4 } as const
const END_STREAM_AND_HEADERS = 0x05
const ACK = 0x01

/**
 * Sends one request over HTTP/2 without TLS, with exactly these fields, as no client would: the same name as often as one
 * likes (RFC 9113 §8.2). Returns the status, or `undefined` where it is another one than above.
 */
export async function requestOverHttp2(port: number, fields: readonly HeaderLine[]): Promise<number | undefined> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(frame(FRAME.settings, 0, 0, Buffer.alloc(0)))
    socket.write(frame(FRAME.headers, END_STREAM_AND_HEADERS, 1, Buffer.concat(fields.map(literal))))
    let received = Buffer.alloc(0)
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk])
      for (let next = readFrame(received); next !== undefined; next = readFrame(received)) {
        received = received.subarray(next.length)
        if (next.type === FRAME.settings && next.flags !== ACK)
          socket.write(frame(FRAME.settings, ACK, 0, Buffer.alloc(0)))
        if (next.type === FRAME.headers) return statuses.get(next.payload[0]!)
      }
    }
    throw new Error('the connection was closed before an answer had come')
  } finally {
    socket.destroy()
  }
}

/** RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

interface Frame {
  readonly type: number
  readonly flags: number
  readonly payload: Buffer
  readonly length: number
}

function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 9) return undefined
  const length = 9 + bytes.readUIntBE(0, 3)
  if (bytes.length < length) return undefined
  return { type: bytes[3]!, flags: bytes[4]!, payload: bytes.subarray(9, length), length }
}

/** RFC 7541 §6.2.2: a field in full, that is not to be remembered. */
function literal([name, value]: HeaderLine): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)])
}

/** RFC 7541 §5.1 and §5.2: the length in a prefix of seven bits, then the characters as they are. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let rest = bytes.length - 127
  while (rest >= 128) {
    length.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}
