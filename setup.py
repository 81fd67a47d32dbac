"All there is to configure stands in settings.ini."
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

ini = ConfigParser(delimiters=["="])
ini.read("settings.ini", encoding="utf-8")
cfg = ini["DEFAULT"]

setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    keywords=cfg["keywords"],
    author=cfg["author"],
    author_email=cfg["author_email"],
    url=cfg["git_url"],
    license="Apache-2.0",
    packages=find_packages(include=["songae", "songae.*"]) + ["songae.notebooks"],
    package_dir={"songae.notebooks": "nbs", "beetsplug": "nbs/beetsplug"},
    py_modules=["beetsplug.songae"],        # where beets looks for plugins
    package_data={"songae": ["py.typed", "static/*", "data/*"], "songae.notebooks": ["app.ipynb"]},
    python_requires=">=" + cfg["min_python"],
    install_requires=cfg["requirements"].split(),
    extras_require={extra: cfg[f"{extra}_requirements"].split() for extra in ("paper", "app", "dask", "large", "history", "versions", "server", "mpd", "beets", "all", "dev")},
    entry_points={"console_scripts": [cfg["console_scripts"]], "nbdev": ["songae=songae._modidx:d"],
                  "songae.encoders": [cfg["encoders"]]},
)
