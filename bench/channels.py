#!/usr/bin/env python3
"""Measures what two cooperating workspaces can say to each other through what the kernel counts for all of them.

Run both at once, with the same START (seconds since 1970, a little ahead), one in each workspace of two projects:

    cordon exec one-1 -- python3 -c "$(cat bench/channels.py)" send    tasks START 0.005 800
    cordon exec two-1 -- python3 -c "$(cat bench/channels.py)" receive tasks START 0.005 800

The channels are tasks and memory (sysinfo(2)) and cpu (contention); then seconds a bit and number of bits. The receiver
knows what is sent, counts what it got wrong, and prints the capacity of a binary symmetric channel with that error.
"""
import ctypes
import hashlib
import math
import mmap
import os
import sys
import threading
import time

role, kind, start, period, count = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
bits = [hashlib.sha256(bytes([n & 255, n >> 8])).digest()[0] & 1 for n in range(count)]
libc = ctypes.CDLL(None)
SIZE = 8 << 20


class Info(ctypes.Structure):
    _fields_ = [("uptime", ctypes.c_long), ("loads", ctypes.c_ulong * 3), ("total", ctypes.c_ulong),
                ("free", ctypes.c_ulong), ("shared", ctypes.c_ulong), ("buffers", ctypes.c_ulong),
                ("swap", ctypes.c_ulong), ("freeswap", ctypes.c_ulong), ("procs", ctypes.c_ushort),
                ("rest", ctypes.c_char * 64)]


def until(moment):
    time.sleep(max(0, moment - time.time()))


def spin(end):
    while time.time() < end:
        pass


def send(bit, end):
    if bit and kind == "tasks":
        stop = threading.Event()
        threads = [threading.Thread(target=stop.wait) for _ in range(12)]
        for thread in threads:
            thread.start()
        until(end - period / 4)
        stop.set()
        for thread in threads:
            thread.join()
    elif bit and kind == "memory":
        memory = mmap.mmap(-1, SIZE)
        for page in range(0, SIZE, 4096):
            memory[page] = 1
        until(end - period / 4)
        memory.close()
    elif bit:
        children = [os.fork() for _ in range(1)]
        if children[0] == 0:
            for _ in range((os.cpu_count() or 1) - 1):
                if os.fork() == 0:
                    break
            spin(end - period / 10)
            os._exit(0)
        spin(end - period / 10)
        os.waitpid(children[0], 0)
    until(end)


def measure(begin):
    if kind == "cpu":
        until(begin + period / 5)
        end, turns = begin + period * 4 / 5, 0
        while time.time() < end:
            turns += 1
        return -turns
    until(begin + period * 0.4)
    seen, info = [], Info()
    while not seen or time.time() < begin + period * 0.7:
        libc.sysinfo(ctypes.byref(info))
        seen.append(info.procs if kind == "tasks" else -info.free)
        time.sleep(period / 40)
    return sorted(seen)[len(seen) // 2]


until(start)
values = []
for n, bit in enumerate(bits):
    if role == "send":
        send(bit, start + (n + 1) * period)
    else:
        values.append(measure(start + n * period))
        until(start + (n + 1) * period)
if role == "receive":
    wrong = 0
    for n, value in enumerate(values):
        near = values[max(0, n - 8):n + 9]
        wrong += (value > (min(near) + max(near)) / 2) != bool(bits[n])
    error = wrong / count
    lost = 0 if error in (0, 1) else -error * math.log2(error) - (1 - error) * math.log2(1 - error)
    print(f"{kind}: {1 / period:.0f} bits a second sent, {wrong} of {count} wrong, {(1 - lost) / period:.1f} bit/s")
