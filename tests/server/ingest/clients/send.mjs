// Sends one call of each kind and many tracks with Segment's own client.
// Arguments: address of the server, write key, how message ids begin, how many tracks.
import { Analytics } from '@segment/analytics-node'

const [host, writeKey, name, count] = process.argv.slice(2)
const analytics = new Analytics({ host, writeKey, flushAt: 15, flushInterval: 200 })
analytics.on('error', (error) => {
  console.error(error.code, error.reason?.message)
  process.exitCode = 1
})

analytics.identify({
  messageId: `${name}-identify`,
  userId: 'n1',
  traits: { email: 'Nina@Example.org', country: 'FR' },
})
analytics.group({
  messageId: `${name}-group`,
  userId: 'n1',
  groupId: 'acme',
  traits: { employees: 120 },
})
analytics.alias({ messageId: `${name}-alias`, userId: 'n1', previousId: 'visitor-1' })
analytics.page({
  messageId: `${name}-page`,
  anonymousId: 'visitor-1',
  name: 'Pricing',
  properties: { url: 'https://shop.example/pricing' },
  context: { campaign: { source: 'mail', name: 'spring' } },
})
analytics.screen({ messageId: `${name}-screen`, userId: 'n1', name: 'Home' })
for (let number = 0; number < Number(count); number += 1) {
  analytics.track({
    userId: `n${number % 10}`,
    event: 'signup',
    messageId: `${name}-${number}`,
    timestamp: new Date(Date.now() - 1000),
    properties: { number, plan: 'pro' },
  })
}
await analytics.closeAndFlush({ timeout: 60000 })
