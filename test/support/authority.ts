import { isIP } from 'node:net'
import { generate, type SelfsignedOptions, type SubjectAltNameEntry } from 'selfsigned'

/** A certificate authority of one's own, made for one test and known to nobody else. */
export interface Authority {
  /** Its root certificate, as PEM. */
  readonly certificate: string
  /** A certificate for a server of that name. */
  issue(name: string, validity?: { readonly isExpired?: boolean }): Promise<{ key: string; cert: string }>
}

const DAY = 24 * 60 * 60 * 1000
const common: SelfsignedOptions = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' }

export async function createAuthority(): Promise<Authority> {
  const root = await generate([{ name: 'commonName', value: 'Example Corp Root CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    certificate: root.cert,
    async issue(name, { isExpired = false } = {}) {
      const altName: SubjectAltNameEntry = isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }
      const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
        ...common,
        notBeforeDate: new Date(Date.now() - 2 * DAY),
        notAfterDate: new Date(Date.now() + (isExpired ? -DAY : DAY)),
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: [altName] },
        ],
      })
      return { key, cert }
    },
  }
}
