// Carriers from npm: node.mjs NAME < folders, run where they are installed. Each reads what lies in the folder of a secret.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const packages = process.cwd()
const require = createRequire(`${packages}/`)
const load = name => import(require.resolve(name)).catch(() => require(name))
const text = name => readFileSync(name, 'utf8')
const secret = () => text('secret')
const show = fileURLToPath(new URL('show', import.meta.url))
const run = (bin, ...words) => execFileSync(`${packages}/node_modules/.bin/${bin}`, [...words, show], { stdio: ['ignore', 'pipe', 'pipe'] })

const carriers = {
  dotenv: () => require('dotenv').parse(text('.env')).SECRET,
  'dotenv-expand': () => {
    const parsed = require('dotenv').parse(text('.env'))
    return require('dotenv-expand').expand({ parsed, processEnv: {} }).parsed.SECRET
  },
  '@dotenvx/dotenvx': () => require('@dotenvx/dotenvx').parse(text('.env'), { processEnv: {} }).SECRET,
  '@next/env': () => {
    const { loadEnvConfig } = require('@next/env')
    return loadEnvConfig(process.cwd(), false, { info() {}, error: complain }, true).combinedEnv.SECRET
  },
  '@adonisjs/env': async () => {
    const { EnvParser } = await import(`${packages}/node_modules/@adonisjs/env/build/index.js`)
    return (await new EnvParser(text('.env'), new URL(`file://${process.cwd()}/`), { ignoreProcessEnv: true }).parse()).SECRET
  },
  'env-cmd': async () => {
    const { parseEnvString } = await import(`${packages}/node_modules/env-cmd/dist/parse-env-file.js`)
    return parseEnvString(text('.env')).SECRET
  },
  foreman: () => require('foreman/lib/envs').loadEnvs('.env').SECRET,
  'js-yaml': async () => (await load('js-yaml')).load(text('config.yaml')).secret,
  yaml: () => require('yaml').parse(text('config.yaml')).secret,
  ini: () => require('ini').parse(text('config.ini')).secret,
  'smol-toml': async () => (await load('smol-toml')).parse(text('config.toml')).secret,
  json5: () => require('json5').parse(text('config.json5')).secret,
  hjson: () => require('hjson').parse(text('config.hjson')).secret,
  properties: () => require('properties').parse(text('config.properties')).secret,
  handlebars: () => require('handlebars').compile('{{secret}}')({ secret: secret() }),
  mustache: () => require('mustache').render('{{secret}}', { secret: secret() }),
  nunjucks: () => require('nunjucks').renderString('{{ secret }}', { secret: secret() }),
  ejs: async () => (await load('ejs')).default.render('<%= secret %>', { secret: secret() }),
  eta: async () => new (await load('eta')).Eta().renderString('<%= it.secret %>', { secret: secret() }),
  liquidjs: () => new (require('liquidjs').Liquid)().parseAndRenderSync('{{ secret }}', { secret: secret() }),
  'shelljs, sed': () => {
    const shell = require('shelljs')
    shell.config.silent = true
    writeFileSync('template', '__SECRET__')
    return shell.sed('__SECRET__', secret(), 'template').toString()
  },
  'cross-env': () => run('cross-env', `SECRET=${secret()}`),
}

function complain(...words) {
  writeFileSync('err', words.join(' '))
}

console.warn = console.error = console.log = complain
const name = process.argv[2]
for (const folder of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  process.chdir(folder)
  delete process.env.SECRET
  try {
    const found = await carriers[name]()
    if (found !== undefined && found !== null) writeFileSync('out', Buffer.isBuffer(found) ? found : String(found))
  } catch (error) {
    complain(`${error.constructor.name} ${error.message}`)
  }
}
