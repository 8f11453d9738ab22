import { startGateway, type Gateway, type GatewayOptions } from '../../test/support/gateway'

/** A gateway that takes mail for here.net, and has no name server: what is tried costs no time outside of it. */
export const startTarget = (options: GatewayOptions = {}): Promise<Gateway> =>
  startGateway({
    nodes: 0,
    settings: {
      dns: { servers: ['127.0.0.1:1'], timeout: 200 },
      next_hops: { 'here.net': { maildir: 'maildir' } },
    },
    ...options,
  })
