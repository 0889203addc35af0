// Readers from npm: node.mjs NAME < cases, run where they are installed.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
const require = createRequire(`${process.cwd()}/`)
const load = name => import(require.resolve(name)).catch(() => require(name))

const options = (algorithm, audience, one = 'audience') =>
  ({ ...(algorithm && { algorithms: [algorithm] }), ...(audience && { [one]: audience }) })

const readers = {
  async jsonwebtoken(token, key, algorithm, audience) {
    return require('jsonwebtoken').verify(token, key, options(algorithm, audience))
  },
  async jose(token, key, algorithm, audience) {
    const { jwtVerify } = await load('jose')
    return (await jwtVerify(token, key, options(algorithm, audience))).payload
  },
  async 'fast-jwt'(token, key, algorithm, audience) {
    return require('fast-jwt').createVerifier({ key, ...options(algorithm, audience, 'allowedAud') })(token)
  },
  async njwt(token, key, algorithm) {
    return require('njwt').verify(token, key, algorithm).body.toJSON()
  },
  async hono(token, key, algorithm, audience) {
    const { verify } = await load('hono/jwt')
    const jwk = { kty: 'oct', k: key.toString('base64url'), alg: algorithm }
    return verify(token, jwk, { alg: algorithm, ...(audience && { aud: audience }) })
  },
  async 'jwt-simple'(token, key, algorithm) {
    return require('jwt-simple').decode(token, key, false, algorithm)
  },
  async 'node-jose'(token, key) {
    const jose = require('node-jose')
    const jwk = await jose.JWK.asKey({ kty: 'oct', k: key.toString('base64url') })
    return JSON.parse((await jose.JWS.createVerify(jwk).verify(token)).payload)
  },
  async jsrsasign(token, key, algorithm, audience) {
    const { KJUR, b64utoutf8 } = require('jsrsasign')
    const wanted = { ...(algorithm && { alg: [algorithm] }), ...(audience && { aud: [audience] }) }
    if (!KJUR.jws.JWS.verifyJWT(token, { hex: key.toString('hex') }, wanted)) throw new Error('false')
    return JSON.parse(b64utoutf8(token.split('.')[1]))
  },
  async '@tsndr/cloudflare-worker-jwt'(token, key, algorithm) {
    const { verify } = await load('@tsndr/cloudflare-worker-jwt')
    const jwk = { kty: 'oct', k: key.toString('base64url'), ...(algorithm && { alg: algorithm }) }
    const verified = await verify(token, jwk, { ...(algorithm && { algorithm }), throwError: true })
    if (verified === undefined) throw new Error('undefined')
    return verified.payload
  },
  async '@hapi/jwt'(token, key, algorithm, audience) {
    const { token: { decode, verify } } = require('@hapi/jwt')
    const decoded = decode(token)
    verify(decoded, algorithm ? { key, algorithm } : key, { aud: audience ?? false, iss: false, sub: false })
    return decoded.decoded.payload
  },
  async '@fastify/jwt'(token, key, algorithm, audience) {
    const app = require('fastify')()
    await app.register(require('@fastify/jwt'), { secret: key, verify: options(algorithm, audience, 'allowedAud') })
    await app.ready()
    return app.jwt.verify(token)
  },
  async 'express-jwt'(token, key, algorithm, audience) {
    const { expressjwt } = require('express-jwt')
    const request = { method: 'GET', headers: { authorization: `Bearer ${token}` } }
    const take = expressjwt({ secret: key, ...options(algorithm, audience) })
    await new Promise((done, failed) => take(request, {}, error => error ? failed(error) : done()))
    return request.auth
  },
  async 'koa-jwt'(token, key, algorithm, audience) {
    const context = {
      state: {}, cookies: { get() {} }, header: { authorization: `Bearer ${token}` },
      request: { header: { authorization: `Bearer ${token}` } }, throw(_, text) { throw new Error(text) },
    }
    await require('koa-jwt')({ secret: key, ...options(algorithm, audience) })(context, async () => {})
    return context.state.user
  },
  async 'passport-jwt'(token, key, algorithm, audience) {
    const { Strategy, ExtractJwt } = require('passport-jwt')
    const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken()
    return new Promise((done, failed) => {
      const strategy = new Strategy(
        { secretOrKey: key, jwtFromRequest, ...options(algorithm, audience) }, (claims, next) => next(null, claims))
      Object.assign(strategy, { success: done, fail: failed, error: failed })
      strategy.authenticate({ headers: { authorization: `Bearer ${token}` } })
    })
  },
  async '@quiltt/core'(token) {
    const { JsonWebTokenParse } = await load('@quiltt/core/auth')
    return JsonWebTokenParse(token).claims
  },
}

const [name] = process.argv.slice(2)
for await (const line of createInterface({ input: process.stdin })) {
  const [token, key, algorithm, audience] = line.split(' ').map(word => word === '-' ? undefined : word)
  try {
    console.log('claims', JSON.stringify(await readers[name](token, Buffer.from(key, 'hex'), algorithm, audience)))
  } catch (error) {
    console.log('refused', error?.name ?? error)
  }
}
process.exit() // some keep timers
