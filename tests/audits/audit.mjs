// All audits of GraphQL over HTTP against the server at URL; AUTHORIZATION, when set, goes with each request.

import { auditServer } from 'graphql-http'

const { URL: url, AUTHORIZATION: authorization } = process.env

function fetchFn(address, { headers, ...rest } = {}) {
  return fetch(address, { ...rest, headers: { ...(authorization && { authorization }), ...headers } })
}

const results = await auditServer({ url, fetchFn })
const failed = results.filter((result) => result.status !== 'ok')
for (const { id, name, status, reason } of failed) console.log(`${id} ${status}: ${name}: ${reason}`)
console.log(`${results.length - failed.length} of ${results.length} passed`)
