'use strict'
// Loaded before Haraka: everybody in it asks the name service of the bench, as if /etc/resolv.conf named it.
const dns = require('node:dns')

const servers = [process.env.BENCH_NAME_SERVER]
const useServers = (Resolver) =>
  class extends Resolver {
    constructor(...options) {
      super(...options)
      this.setServers(servers)
    }
  }

dns.setServers(servers)
dns.Resolver = useServers(dns.Resolver)
dns.promises.Resolver = useServers(dns.promises.Resolver)
