// Node's own reader of env files, which --env-file uses too, for all secrets at once: parse_env.js FOLDER…
const { readFileSync, writeFileSync } = require('node:fs')
for (const folder of process.argv.slice(2)) {
  const { SECRET } = require('node:util').parseEnv(readFileSync(`${folder}/.env`, 'utf8'))
  if (SECRET !== undefined) writeFileSync(`${folder}/out`, SECRET)
}
