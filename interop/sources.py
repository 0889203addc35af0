"""What interop/run and interop/carriers/run try out, by where it comes from: each class installs, tells the version, and says
how to run it."""

import os
import shutil
import subprocess
import sys
import tomllib

BEFORE = "2026-11-27"  # no package of npm younger than this
# Where debootstrap fetches from, if it is not its own default.
MIRROR = [os.environ["DEBIAN_MIRROR"]] if "DEBIAN_MIRROR" in os.environ else []


def sh(*command, **options):
    return subprocess.run(["nice", "-n", "10", *map(str, command)], check=True, text=True, **options)


class PyPI:
    def __init__(self, folder, reader, here):
        self.packages, self.reader, self.here = folder / "pypi" / reader["name"], reader, here

    def install(self):
        if not self.packages.exists():
            sh(sys.executable, "-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--disable-pip-version-check", "--no-deps", "--target",
               self.packages, *self.reader["packages"])
        return self.reader["packages"][0].partition("==")[2]

    def run(self):
        return [sys.executable, "-W", "ignore", self.here / "python.py", self.reader["as"]], {"PYTHONPATH": str(self.packages)}, None


class Npm:
    def __init__(self, folder, reader, here):
        self.folder, self.reader, self.here = folder / "npm" / reader["name"].replace("/", "-"), reader, here

    def install(self):
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            (self.folder / "package.json").write_text("{}")
            sh("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--before", BEFORE,
               *self.reader["packages"], cwd=self.folder)
        return self.reader["packages"][0].rpartition("@")[2]

    def run(self):
        return ["node", self.here / "node.mjs", self.reader["name"]], {}, self.folder


class Crates:
    def __init__(self, folder, reader, here):
        self.target, self.reader, self.here = folder / "crates" / here.name, reader, here

    def install(self):
        sh("cargo", "build", "--quiet", "--locked", "--manifest-path", self.here / "rust" / "Cargo.toml", "--target-dir", self.target)
        manifest = tomllib.loads((self.here / "rust" / "Cargo.toml").read_text())
        pinned = manifest["dependencies"][self.reader["name"]]
        return (pinned if isinstance(pinned, str) else pinned["version"]).lstrip("=")

    def run(self):
        return [self.target / "debug" / "main", self.reader["name"]], {}, None


class Debian:
    has_scripts = set()  # roots into which ours were copied

    def __init__(self, folder, reader, here):
        self.root, self.folder, self.reader, self.here = folder / "debian" / reader["suite"], folder, reader, here

    def install(self):
        if not (self.root / "ready").exists():
            self.root.parent.mkdir(parents=True, exist_ok=True)
            sh("debootstrap", "--variant=minbase", self.reader["suite"], self.root, *MIRROR, stdout=subprocess.DEVNULL)
            policy = self.root / "usr" / "sbin" / "policy-rc.d"
            policy.write_text("#!/bin/sh\nexit 101\n")  # no package starts its service
            policy.chmod(0o755)
            sh("chroot", self.root, "apt-get", "update", "--quiet", stdout=subprocess.DEVNULL)
            (self.root / "ready").touch()
        sh("chroot", self.root, "bash", "-c", "mountpoint -q /proc || mount -t proc proc /proc")
        packages = self.reader["packages"]
        missing = subprocess.run(["chroot", self.root, "dpkg-query", "--show", *packages], capture_output=True).returncode
        if missing:
            sh("chroot", self.root, "apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages,
               env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if "file" in self.reader:
            self.fetch(**self.reader["file"])
        if self.root not in Debian.has_scripts:
            Debian.has_scripts.add(self.root)
            shutil.copytree(self.here, self.root / self.here.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("rust"))
        version = sh("chroot", self.root, "dpkg-query", "--show", "--showformat", "${Version}", self.reader["packages"][-1],
                     capture_output=True).stdout
        return version

    def fetch(self, repository, commit, path):
        """A file that no registry has."""
        if not (self.folder / path).exists():
            clone = self.folder / "clone"
            sh("git", "init", "--quiet", clone)
            sh("git", "-C", clone, "fetch", "--quiet", "--depth", "1", repository, commit)
            (self.folder / path).write_text(sh("git", "-C", clone, "show", f"FETCH_HEAD:{path}", capture_output=True).stdout)
        shutil.copy(self.folder / path, self.root / self.here.name / path)

    def run(self):
        return ["chroot", self.root, "bash", "-c", f"cd /{self.here.name} && {self.reader['run']}"], {}, None


SOURCES = {"PyPI": PyPI, "npm": Npm, "crates.io": Crates, "Debian": Debian}
