"""PUT and GET of 4 KiB objects: processor time of the server an operation, beside two other S3 servers."""
import contextlib
import json
import os
import socket
import statistics
import subprocess
import time

from .figures import Figure, NotMeasured
from .machine import checked, load, processor_seconds

OPERATIONS, ROUNDS = 400, 3
SECRET = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI-EXAMPLEKEY"}


def rows(bench):
    """Three servers in turn, the same client, TLS to all of them."""
    found = {name: {"PUT": [], "GET": []} for name in ("cordon", "rclone", "moto")}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(bench.folder_for("s3"))
        environment = stack.enter_context(bench.environment(bench.example, folder / "state"))
        clients = {
            "cordon": (cordon_client(bench, environment), None, environment.process),
            "rclone": stack.enter_context(rclone(bench, folder)),
            "moto": stack.enter_context(moto(bench, folder)),
        }
        for _ in range(ROUNDS):
            for name, (command, variables, process) in clients.items():
                for verb, spent in operations(command, variables, process).items():
                    found[name][verb].append(spent)

    def middle(name, verb):
        return statistics.median(found[name][verb]) * 1e6

    return [
        Figure(
            "s3", f"S3 {verb} 4 KiB, server's processor", f"{middle('cordon', verb):.0f} us",
            f"rclone {middle('rclone', verb):.0f} us", middle("cordon", verb) / middle("rclone", verb),
            command="bench/run s3   # bench/inside/s3_client.py in the workspace, and against each peer",
            notes=[
                f"{OPERATIONS} operations on one TLS connection, {ROUNDS} rounds in turn;"
                f" moto {middle('moto', verb):.0f} us",
                "Cordon: signature and session verified, five layers of policies, a durable record, the object "
                + ("encrypted and on the disk before the answer" if verb == "PUT" else "decrypted"),
                "rclone: signature verified, no fsync; moto: a mock, objects in memory",
                load(),
            ], raw={name: found[name][verb] for name in found})
        for verb in ("PUT", "GET")
    ]


def operations(command, variables, process):
    """Runs the client, which waits before each part, and reads the server's clock around it."""
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables)
    spent = {}
    with client:
        try:
            for verb in ("PUT", "GET"):
                said(client, "ready")
                before = tree_seconds(process)
                client.stdin.write("go\n")
                client.stdin.flush()
                said(client, "done")
                spent[verb] = (tree_seconds(process) - before) / OPERATIONS
        finally:
            client.stdin.close()
    return spent


def said(client, word):
    line = client.stdout.readline().strip()
    if line != word:
        raise NotMeasured(f"the S3 client said '{line}' instead of '{word}'")


def tree_seconds(process):
    """A server and what it started."""
    children = [int(child) for child in open(f"/proc/{process}/task/{process}/children").read().split()]
    return processor_seconds(process) + sum(tree_seconds(child) for child in children)


def cordon_client(bench, environment):
    """The client in the workspace, with the workspace's own credentials."""
    code = (bench.folder / "inside/s3_client.py").read_text()
    endpoint, store = "https://s3.eu-west-1.amazonaws.com", "breast-cancer-store"
    return environment.command("/usr/bin/python3", "-c", code, endpoint, store, str(OPERATIONS))


@contextlib.contextmanager
def rclone(bench, folder):
    """rclone serve s3 over a folder."""
    (folder / "rclone/bucket").mkdir(parents=True)
    certificate, key = certificate_for(folder, "rclone")
    program = bench.peers / "bin/rclone"
    if not program.exists():
        raise NotMeasured("rclone is not there; run bench/setup")
    with server(bench, folder, lambda port: [
        str(program), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--cert", certificate, "--key", key,
        "--auth-key", f"{SECRET['AWS_ACCESS_KEY_ID']},{SECRET['AWS_SECRET_ACCESS_KEY']}", "--config", "/dev/null",
        str(folder / "rclone"),
    ], certificate) as started:
        yield started


@contextlib.contextmanager
def moto(bench, folder):
    """moto's server, which keeps objects in memory and believes every signature."""
    certificate, key = certificate_for(folder, "moto")
    with server(bench, folder, lambda port: [
        bench.python(), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), "-s", "-c", certificate, "-k", key,
    ], certificate) as started:
        yield started


@contextlib.contextmanager
def server(bench, folder, command, certificate):
    """Starts a server on a free port and gives the client's command, its variables and the server's process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open(folder / "servers.log", "a") as log:
        process = subprocess.Popen(command(port), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_for(port, process, folder)
        client = ["/usr/bin/python3", str(bench.folder / "inside/s3_client.py"), f"https://127.0.0.1:{port}", "bucket",
                  str(OPERATIONS)]
        yield client, dict(os.environ, **SECRET, SSL_CERT_FILE=certificate, AWS_REGION="us-east-1"), process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(port, process, folder):
    """Until the server accepts."""
    for _ in range(300):
        if process.poll() is not None:
            raise NotMeasured(f"a peer ended: {(folder / 'servers.log').read_text().strip()[-200:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise NotMeasured("a peer did not accept within 30 seconds")


def certificate_for(folder, name):
    """A certificate for 127.0.0.1 that signs itself, of the kind that Cordon mints."""
    certificate, key = str(folder / f"{name}.pem"), str(folder / f"{name}.key")
    checked([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key,
    ], "openssl")
    return certificate, key
