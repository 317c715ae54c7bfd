"""Keeps saved notebooks in the project's store, and puts them back into a home that is new.

The home has the file before the store is asked, so nothing that happens to the store loses it. What the store has not
taken is tried again until it has, and the lab says so meanwhile.
"""

import fnmatch
import logging
import os
import pathlib
import threading
import time

LARGEST = 64 << 20
FIRST_PAUSE, LONGEST_PAUSE = 2, 60

log = logging.getLogger("cordon_notebook")


class Keeper:
    """One thread that carries what was saved into the store, newest state first come first served."""

    def __init__(self, home, bucket, prefix, patterns, connect=None):
        self.home = pathlib.Path(home)
        self.bucket, self.prefix, self.patterns = bucket, prefix, patterns
        self.connect = connect or connect_to_store
        self.client = None
        self.changed = threading.Condition()
        self.waiting = {}  # path: "put" or "remove"; the last word on a path is the one that counts
        # From the start: a home that is new has something to be done before anybody has saved anything.
        self.busy = True
        self.ending = False
        self.problem = None
        self.too_large = set()
        self.last = None
        self.marker = self.home / ".local/state/cordon/notebooks-restored"
        self.thread = threading.Thread(target=self.run, name="keeper", daemon=True)

    # What the lab says.

    def start(self):
        self.thread.start()

    def saved(self, path):
        self.note({name: "put" for name in self.names_below(path)})

    def moved(self, old, new):
        self.note({**{name: "put" for name in self.names_below(new)}, old.strip("/"): "remove"})

    def removed(self, path):
        self.note({path.strip("/"): "remove"})

    def finish(self, seconds):
        """Waits a while for what is under way."""
        with self.changed:
            self.ending = True
            self.changed.notify_all()
        if self.thread.is_alive():
            self.thread.join(seconds)

    def status(self):
        with self.changed:
            state = "behind" if self.problem else "keeping" if self.waiting or self.busy else "kept"
            return {
                "state": state, "waiting": len(self.waiting), "problem": self.problem, "last": self.last,
                "tooLarge": sorted(self.too_large), "place": f"s3://{self.bucket}/{self.prefix}"}

    def note(self, work):
        if not work:
            return
        with self.changed:
            self.waiting.update(work)
            self.changed.notify_all()

    # Which files.

    def is_kept(self, name) -> bool:
        """Hidden files are nobody's notebooks, and a key of the store must not become a setting of the shell."""
        parts = name.split("/")
        if any(part in ("", "..") or part.startswith(".") or "\\" in part for part in parts) or "\0" in name:
            return False
        return any(
            fnmatch.fnmatchcase(name if "/" in pattern else parts[-1], pattern) for pattern in self.patterns)

    def names_below(self, path):
        """The kept files at a path: itself, or those in a folder."""
        path = path.strip("/")
        place = self.home / path
        if place.is_symlink():
            return []
        if not place.is_dir():
            return [path] if self.is_kept(path) else []
        files = (os.path.join(folder, file) for folder, _, files in os.walk(place) for file in files)
        names = (os.path.relpath(file, self.home) for file in files if not os.path.islink(file))
        return [name for name in names if self.is_kept(name)]

    # The thread.

    def run(self):
        pause = FIRST_PAUSE
        while True:
            try:
                self.step()
                pause = FIRST_PAUSE
                with self.changed:
                    self.problem = None
                    self.busy = bool(self.waiting)
                    if self.ending and not self.waiting:
                        return
                    if not self.waiting:
                        self.changed.wait()
                    self.busy = True
            except Exception as error:  # Whatever it is: the file is in the home, and this goes on.
                with self.changed:
                    self.problem = words(error)
                    self.busy = False
                    log.error("not kept in the project's store, will be tried again: %s", self.problem)
                    if self.ending:
                        return
                    self.changed.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def step(self):
        if self.client is None:
            self.client = self.connect()
        if not self.marker.exists():
            self.restore()
        while True:
            with self.changed:
                # Removals last: a file that moved is in its new place before it leaves the old one.
                names = sorted(self.waiting, key=lambda name: self.waiting[name] == "remove")
                if not names:
                    return
                name = names[0]
                act = self.waiting.pop(name)
            try:
                self.put(name) if act == "put" else self.remove(name)
            except Exception:
                with self.changed:
                    self.waiting.setdefault(name, act)
                raise

    def put(self, name):
        try:
            with open(self.home / name, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                body = file.read() if size <= LARGEST else None
        except FileNotFoundError:
            return  # Gone again; whoever removed it has said so.
        with self.changed:
            (self.too_large.discard if body is not None else self.too_large.add)(name)
        if body is None:
            log.warning("%s is larger than %d MiB and is not kept in the store", name, LARGEST >> 20)
            return
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=body)
        with self.changed:
            self.last = time.time()

    def remove(self, name):
        """Removes a file, or all in a folder that was removed. A versioned bucket keeps what they held."""
        for key, _ in self.keys(name):
            below = key[len(self.prefix):]
            is_meant = below == name or below.startswith(name + "/")
            if is_meant and not (self.home / below).exists():
                self.client.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, beginning=""):
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + beginning):
            for entry in page.get("Contents", []):
                yield entry["Key"], entry["Size"]

    # A new home.

    def restore(self):
        """Puts everything kept where it was. A file that is there already stays, and what the store has lies beside it."""
        for key, size in self.keys():
            name = key[len(self.prefix):]
            if not self.is_kept(name) or size > LARGEST:
                continue
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            try:
                self.lay_down(name, body)
            except OSError as error:
                # The store still has it; one name that cannot be written must not keep the others away.
                log.error("%s was not restored: %s", name, error)
        self.marker.parent.mkdir(parents=True, exist_ok=True)
        self.marker.touch()

    def lay_down(self, name, body):
        place = self.home / name
        if place.exists():
            if place.read_bytes() == body:
                return
            place = place.with_name(f"{place.stem}-kept{place.suffix}")
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.resolve().parent != self.home.resolve() / pathlib.Path(name).parent:
            log.warning("%s was not restored: a link stands in its way", name)
            return
        part = place.with_name(f".{place.name}.part")
        part.write_bytes(body)
        os.replace(part, place)


def words(error) -> str:
    """What the store said, without what is a program's business."""
    answer = getattr(error, "response", None) or {}
    told = answer.get("Error", {})
    if told.get("Message"):
        return f"{told.get('Code', 'refused')}: {told['Message']}"
    return f"{type(error).__name__}: {error}"


def connect_to_store():
    """A client that signs with the workspace's role, as any other in here does."""
    import botocore.config
    import botocore.session

    settings = botocore.config.Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 2})
    return botocore.session.get_session().create_client("s3", config=settings)
