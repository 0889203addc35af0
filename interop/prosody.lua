-- Prosody's own reader, with which its modules take tokens: prosody.lua < cases.
for _, kind in ipairs { { "path", "lua" }, { "cpath", "so" } } do
  package[kind[1]] = ("/usr/lib/prosody/?.%s;"):format(kind[2]) .. package[kind[1]]
end
table.insert(package.searchers, 2, function(name) -- its modules call themselves prosody.util.…
  local short = name:match "^prosody%.(.+)"
  return short and function() return require(short) end
end)
local json = require "prosody.util.json"
local jwt = require "prosody.util.jwt"

for line in io.lines() do
  local token, key, algorithm = line:match "(%S+) (%S+) (%S+)"
  key = key:gsub("%x%x", function(two) return string.char(tonumber(two, 16)) end)
  if algorithm == "-" then algorithm = nil end
  local ok, claims = pcall(jwt.new_verifier, algorithm, key)
  if ok then ok, claims = claims(token) end
  print(ok and "claims " .. json.encode(claims) or "refused " .. tostring(claims))
end
