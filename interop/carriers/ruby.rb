# Carriers for Ruby, from Debian, for all secrets at once: ruby.rb NAME FOLDER…

def dotenv
  require 'dotenv'
  Dotenv::Environment.new('.env', true)['SECRET']
end

def foreman
  require 'foreman/env'
  Foreman::Env.new('.env').entries { |name, value| return value if name == 'SECRET' }
end

def yaml
  require 'yaml'
  YAML.load_file('config.yaml')['secret']
end

def erb
  require 'erb'
  secret = File.read('secret')
  ERB.new('<%= secret %>').result(binding)
end

name, *folders = ARGV
folders.each do |folder|
  Dir.chdir(folder)
  ENV.delete('SECRET')
  begin
    File.write('out', send(name).to_s)
  rescue StandardError, SyntaxError => error
    File.write('err', error.message)
  end
end
