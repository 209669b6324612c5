"""Makes wheels of installed Debian packages: python3 wheels.py DIRECTORY NAME..., with all that these require."""

import base64
import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions

place = pathlib.Path("/usr/lib/python3/dist-packages")


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def parts(distribution):
    """Files and directories that are the package: its own words for it, else what is called like it."""
    named = (distribution.read_text("top_level.txt") or "").split()
    names = named or [plain(distribution.metadata["Name"]).replace("-", "_")]
    return [found for name in names for found in (place / name, place / f"{name}.py", *place.glob(f"{name}.*.so")) if found.exists()]


def files(path):
    if path.is_dir():
        return [file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    return [path]


def asked(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


class Installed:
    """All that is installed, by name, and what requires what: Debian keeps that in its own packages alone."""

    def __init__(self):
        self.known = {plain(each.metadata["Name"]): each for each in distributions(path=[str(place)])}
        self.owners = {name: self.owner(each) for name, each in self.known.items()}

    def owner(self, distribution):
        return asked("dpkg", "-S", str(distribution._path)).split(":")[0]

    def requirements(self, name):
        words = asked("dpkg-query", "-W", "-f=${Depends}", self.owners[name])
        wanted = {re.match(r"[\w.+-]+", word.strip())[0] for word in re.split(r"[,|]", words) if word.strip()}
        return sorted(other for other, owner in self.owners.items() if owner in wanted and other != name)


def make(distribution, requirements, directory):
    name = plain(distribution.metadata["Name"]).replace("-", "_")
    sources = [file for part in parts(distribution) for file in files(part)]
    native = any(file.suffix == ".so" for file in sources)
    tag = "cp311-cp311-linux_x86_64" if native else "py3-none-any"
    info = f"{name}-{distribution.version}.dist-info"
    content = {str(file.relative_to(place)): file.read_bytes() for file in sources}
    about = ["Metadata-Version: 2.1", f"Name: {distribution.metadata['Name']}", f"Version: {distribution.version}"]
    content[f"{info}/METADATA"] = "".join(f"{line}\n" for line in [*about, *(f"Requires-Dist: {one}" for one in requirements)]).encode()
    content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: {'false' if native else 'true'}\nTag: {tag}\n".encode()
    entry_points = distribution.read_text("entry_points.txt")
    if entry_points:
        content[f"{info}/entry_points.txt"] = entry_points.encode()
    record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with zipfile.ZipFile(directory / f"{name}-{distribution.version}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in content.items():
            wheel.writestr(zipfile.ZipInfo(path, (1980, 2, 1, 0, 0, 0)), data)


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main(directory, names):
    directory.mkdir(parents=True, exist_ok=True)
    installed = Installed()
    waiting, made = [plain(name) for name in names], set()
    while waiting:
        name = waiting.pop()
        if name in made:
            continue
        made.add(name)
        requirements = installed.requirements(name)
        make(installed.known[name], requirements, directory)
        waiting += requirements


main(pathlib.Path(sys.argv[1]), sys.argv[2:])
