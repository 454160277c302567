import { setTimeout as sleep } from 'node:timers/promises'
import { invoicesApi, ordersApi } from './apis/index.js'
import type { Clients } from './clients.js'
import type { Issuers } from './issuers.js'
import { requestToken } from './token-request.js'

export interface Tokens {
  readonly shop: string
  readonly warehouse: string
  readonly billing: string
  readonly reports: string
  readonly expired: string
  readonly forInvoices: string
  readonly withoutOrders: string
  readonly fromStranger: string
  readonly fromPartner: string
}

/** Every token here was really issued; the expired one has really expired on return. */
export async function requestTokens(issuers: Issuers, clients: Clients): Promise<Tokens> {
  const { home, partner, stranger } = issuers
  const { shop, warehouse, billing, reports, kiosk } = clients
  const tokens = {
    shop: await requestToken(home.issuer, shop, ordersApi, 'read:orders'),
    warehouse: await requestToken(home.issuer, warehouse, ordersApi, 'read:orders'),
    billing: await requestToken(home.issuer, billing, ordersApi, 'read:orders'),
    reports: await requestToken(home.issuer, reports, ordersApi, 'read:orders'),
    expired: await requestToken(home.issuer, kiosk, ordersApi, 'read:orders'),
    forInvoices: await requestToken(home.issuer, shop, invoicesApi, 'read:orders'),
    withoutOrders: await requestToken(home.issuer, shop, ordersApi, 'read:profile'),
    fromStranger: await requestToken(stranger.issuer, shop, ordersApi, 'read:orders'),
    fromPartner: await requestToken(partner.issuer, shop, ordersApi, 'read:orders'),
  }
  await sleep(kiosk.tokenLifetime * 1000)
  return tokens
}
