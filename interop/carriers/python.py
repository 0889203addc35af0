"""Carriers from PyPI: python.py NAME < folders, with their packages in PYTHONPATH. Each reads what lies in the folder of a
secret."""

import io
import logging
import os
import pathlib
import sys


def text(name):
    return pathlib.Path(name).read_text()


def python_dotenv():
    import dotenv
    return dotenv.dotenv_values(".env")["SECRET"]


def environs():
    import environs
    env = environs.Env()
    env.read_env(".env", recurse=False)
    return env.str("SECRET")


def environs_expanded():
    import environs
    env = environs.Env(expand_vars=True)
    env.read_env(".env", recurse=False)
    return env.str("SECRET")


def python_decouple():
    import decouple
    return decouple.Config(decouple.RepositoryEnv(".env"))("SECRET")


def django_environ():
    import environ
    environ.Env.read_env(".env", overwrite=True)
    return environ.Env()("SECRET")


def pydantic_settings():
    import pydantic_settings

    class Settings(pydantic_settings.BaseSettings):
        model_config = pydantic_settings.SettingsConfigDict(env_file=".env")
        secret: str
    return Settings().secret


def starlette():
    from starlette.config import Config
    return Config(".env", environ={})("SECRET")


def honcho():
    from honcho.environ import parse
    return parse(text(".env"))["SECRET"]


def everett():
    from everett.manager import ConfigEnvFileEnv, ConfigManager
    return ConfigManager([ConfigEnvFileEnv(".env")])("SECRET")


def dynaconf():
    from dynaconf import Dynaconf
    return Dynaconf(settings_files=["settings.toml"]).SECRET


def supervisor():
    from supervisor.options import ServerOptions
    options = ServerOptions()
    options.stdout = options.stderr = io.StringIO()
    options.realize(["-c", "supervisord.conf"])
    return options.process_group_configs[0].process_configs[0].environment["SECRET"]


def circus():
    from circus.config import get_config
    return get_config("circus.ini")["watchers"][0]["env"]["secret"]


def envdir():
    import envdir
    return dict(envdir.open("env"))["SECRET"]


def pyyaml():
    import yaml
    return yaml.safe_load(text("config.yaml"))["secret"]


def ruamel_yaml():
    from ruamel.yaml import YAML
    return YAML(typ="safe", pure=True).load(text("config.yaml"))["secret"]


def configobj():
    from configobj import ConfigObj
    return ConfigObj("config.ini")["secret"]


def omegaconf():
    from omegaconf import OmegaConf
    return OmegaConf.load("config.yaml").secret


def pyhocon():
    from pyhocon import ConfigFactory
    return ConfigFactory.parse_file("config.conf")["secret"]


def keyrings_alt():
    from keyrings.alt.file import PlaintextKeyring
    store = PlaintextKeyring()
    store.file_path = os.path.abspath("store")
    store.set_password("app", "user", text("secret"))
    return store.get_password("app", "user")


def ansible():
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar
    loader = DataLoader()
    variables = loader.load_from_file("vars.yaml", trusted_as_template=True)
    return Templar(loader, variables=variables).template(variables["secret"])


def jinja2():
    import jinja2
    return jinja2.Template("{{ secret }}").render(secret=text("secret"))


def mako():
    from mako.template import Template
    return Template("${secret}").render(secret=text("secret"))


def chevron():
    import chevron
    return chevron.render("{{secret}}", {"secret": text("secret")})


def django():
    from django.template import Context, Engine
    return Engine().from_string("{{ secret }}").render(Context({"secret": text("secret")}))


def main():
    carrier = globals()[sys.argv[1]]
    for folder in sys.stdin.read().splitlines():
        os.chdir(folder)
        os.environ.pop("SECRET", None)
        complaints = io.StringIO()
        logging.basicConfig(stream=complaints, force=True)
        sys.stdout = sys.stderr = complaints
        try:
            found = carrier()
            if found is not None:
                pathlib.Path("out").write_text(str(found))
        except (Exception, SystemExit) as error:
            print(type(error).__name__, error, file=complaints)
        pathlib.Path("err").write_text(complaints.getvalue())


main()
