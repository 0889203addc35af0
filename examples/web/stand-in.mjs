// A stand-in for auth.quiltt.io and api.quiltt.io, on loopback: it verifies each token with jose, and knows one query.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { jwtVerify } from 'jose'

/** `state` may be changed while it runs; `state.calls` has what was asked for, and how that was answered. */
export async function standIn(options) {
  const state = { secrets: [], port: 0, behind: 0, leeway: 0, down: false, graphql: 200, calls: [], ...options }
  const revoked = state.revoked = new Set()

  state.verify = async (token, currentDate) => {
    const rules = { algorithms: ['HS512'], issuer: 'auth.quiltt.io', audience: 'api.quiltt.io', currentDate, clockTolerance: state.leeway }
    for (const secret of state.secrets) {
      const claims = await jwtVerify(token, secret, rules).then(it => it.payload, () => undefined)
      if (claims) return claims
    }
  }

  async function answer(request) {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization) ?? []
    const claims = token && await state.verify(token, new Date(Date.now() - state.behind * 1000))
    const path = `${request.headers.host.split('.')[0]} ${request.method} ${request.url}`
    const call = { at: Date.now(), path, token, claims }
    state.calls.push(call)
    if (state.down) return [call.status = 503]
    if (!claims || revoked.has(claims.jti)) return [call.status = 401, { message: 'Unauthenticated' }]
    switch (path) {
      case 'auth GET /v1/users/session':
        return [call.status = 200, { token, userId: claims.sub, expiration: claims.exp }]
      case 'auth DELETE /v1/users/session':
        revoked.add(claims.jti)
        return [call.status = 204]
      case 'api POST /v1/graphql': {
        let body = ''
        for await (const chunk of request) body += chunk
        const one = () => ({ data: { profile: { __typename: 'Profile', id: claims.sub } } })
        return [call.status = state.graphql, state.graphql === 200 ? JSON.parse(body).map(one) : { message: 'Unauthenticated' }]
      }
    }
    return [call.status = 404]
  }

  state.server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE')
    response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '')
    response.setHeader('Access-Control-Max-Age', '600')
    const [status, body] = request.method === 'OPTIONS' ? [204] : await answer(request)
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body && JSON.stringify(body))
  })
  await new Promise(resolve => state.server.listen(state.port, '127.0.0.1', resolve))
  state.port = state.server.address().port
  return state
}

if (process.argv[1] === import.meta.filename) {
  await standIn({ secrets: [readFileSync(process.argv[2])], port: Number(process.argv[3]) })
}
