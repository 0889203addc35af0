# Readers from Debian's Ruby packages: ruby.rb NAME < cases.
require 'json'

def ruby_jwt(token, key, algorithm, audience)
  require 'jwt'
  options = { algorithm: algorithm, aud: audience, verify_aud: !audience.nil? }.compact
  JWT.decode(token, key, true, options).first
end

def json_jwt(token, key, algorithm, _audience)
  require 'json/jwt'
  JSON::JWT.decode(token, key, *[algorithm&.to_sym].compact)
end

$stdin.each_line do |line|
  token, key, algorithm, audience = line.split.map { |word| word == '-' ? nil : word }
  puts "claims #{JSON.generate(send(ARGV[0], token, [key].pack('H*'), algorithm, audience))}"
rescue StandardError => error
  puts "refused #{error.class.name.split('::').last}"
end
