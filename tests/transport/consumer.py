#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A second consumer, written from protocol.md with nothing but the standard library.

consumer.py PIPE PROTOCOL.MD: talks to the test provider on that pipe, which has an
object "lamp" and an operation 7 that answers with the bytes that it got. Prints what
it checked. Ends with 1 at the first thing that is not as the page says.
"""

import re
import socket
import struct
import sys

KINDS = {
    "HELLO": 0x0001, "OPEN": 0x0002, "CALL": 0x0003, "CLOSE": 0x0004, "DROP": 0x0005,
    "PASS": 0x0006, "CANCEL": 0x0007, "WELCOME": 0x8001, "REPLY": 0x8002, "GIVEN": 0x8003,
    "REVOKED": 0x8004, "GOODBYE": 0x8005, "UNSUPPORTED": 0x8006,
}
NAMES = {value: name for name, value in KINDS.items()}
MAGIC = b"sess"
ECHO = 7


class Frame:
    """One frame: its kind's name or number, its number, its handles and its body."""

    def __init__(self, kind, number, handles, body):
        self.kind = NAMES.get(kind, kind)
        self.number = number
        self.handles = handles
        self.body = body


def encode(kind, number=0, handles=(), body=b""):
    value = KINDS.get(kind, kind)
    length = 12 + 8 * len(handles) + len(body)
    frame = struct.pack("<IHHI", length, value, len(handles), number)
    for handle, rights in handles:
        frame += struct.pack("<II", handle, rights)
    return frame + body


class Consumer:
    """A connection. What is expected and does not come within ten seconds is an error."""

    def __init__(self, pipe, greet=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(pipe)
        self.number = 0
        self.notices = []
        if greet:
            self.greet()

    def greet(self, oldest=1, newest=1):
        self.send("HELLO", body=MAGIC + struct.pack("<HHII", oldest, newest, 0, 65536))
        frame = self.receive()
        if frame.kind == "WELCOME":
            fields = struct.unpack("<4sHHIIII", frame.body)
            expect(fields[0] == MAGIC and fields[1] == 1 and fields[2] == 0, "a WELCOME")
            self.frame_bytes, self.requests, self.connection = fields[4:7]
        return frame

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, kind, number=0, handles=(), body=b""):
        self.send_bytes(encode(kind, number, handles, body))

    def read_exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self):
        length, kind, count, number = struct.unpack("<IHHI", self.read_exactly(12))
        rest = self.read_exactly(length - 12)
        handles = [struct.unpack_from("<II", rest, 8 * i) for i in range(count)]
        return Frame(kind, number, handles, rest[8 * count:])

    def request(self, kind, handles=(), body=b""):
        """Sends a request; its answer, with notices on the way kept aside."""
        self.number += 1
        self.send(kind, self.number, handles, body)
        while True:
            frame = self.receive()
            if frame.kind in ("GIVEN", "REVOKED"):
                self.notices.append(frame)
                continue
            expect(frame.number == self.number, "an answer has its request's number")
            return frame

    def notice(self):
        return self.notices.pop(0) if self.notices else self.receive()

    def open(self, name, rights, share, more=b""):
        raw = name.encode()
        body = struct.pack("<IIH", rights, share, len(raw)) + raw + more
        frame = self.request("OPEN", body=body)
        return code_of(frame), frame.handles

    def call(self, operation, handles=(), data=b""):
        frame = self.request(
            "CALL", [(handle, 0) for handle in handles], struct.pack("<I", operation) + data)
        return code_of(frame), frame.body[4:]

    def close(self):
        self.socket.close()


def code_of(frame):
    expect(frame.kind == "REPLY", "a REPLY, not %s" % frame.kind)
    return struct.unpack_from("<i", frame.body)[0]


def expect(truth, what):
    if not truth:
        print("not as the page says: " + what)
        sys.exit(1)


def section(page, title):
    return page.split("\n## " + title + "\n")[1].split("\n## ")[0]


def reasons_of(page):
    rows = re.findall(r"^\| (\d+) \| ([A-Z]+) \|", section(page, "Why a connection ends"), re.M)
    return {name: int(number) for number, name in rows}


def vectors_of(page):
    text = page.split("```vectors\n")[1].split("```")[0]
    for line in text.splitlines():
        verdict, name, digits = line.split(None, 2)
        yield verdict, name, bytes.fromhex(digits.replace(" ", ""))


def check_session(pipe):
    consumer = Consumer(pipe)
    code, handles = consumer.open("lamp", 1, 1)
    expect(code == 0 and len(handles) == 1, "OPEN gives a handle")
    lamp = handles[0][0]
    for data in (b"", b"hello", bytes(range(256)) * 100):
        code, answer = consumer.call(ECHO, [lamp], data)
        expect(code == 0 and answer == data, "CALL carries %d bytes both ways" % len(data))
    code, _ = consumer.open("no such lamp", 1, 1)
    expect(code < 0, "OPEN of a name that is not there fails")
    for wrong in (0, 1, lamp ^ 1, lamp ^ 0x80000000, 0xffffffff):
        code, _ = consumer.call(ECHO, [wrong], b"x")
        expect(code != 0, "a forged handle is refused")
    frame = consumer.request("CLOSE", [(lamp, 0)])
    expect(code_of(frame) == 0, "CLOSE ends the session")
    code, _ = consumer.call(ECHO, [lamp], b"x")
    expect(code != 0, "a handle of an ended session is refused")
    expect(code_of(consumer.request("DROP", [(lamp, 0)])) == 0, "DROP closes the handle")
    expect(code_of(consumer.request("DROP", [(lamp, 0)])) != 0, "a second DROP is refused")
    consumer.close()
    print("a session from OPEN to DROP")


def check_pass(pipe):
    giver, taker = Consumer(pipe), Consumer(pipe)
    code, handles = giver.open("lamp", 1, 1)
    expect(code == 0, "OPEN for passing on")
    value, rights = handles[0]
    frame = giver.request("PASS", [(value, rights)], struct.pack("<I", taker.connection))
    expect(code_of(frame) == 0, "PASS to another connection")
    given = taker.notice()
    expect(given.kind == "GIVEN" and len(given.handles) == 1, "the other one gets GIVEN")
    expect(struct.unpack("<I", given.body)[0] == giver.connection, "GIVEN names the giver")
    expect(given.handles[0][1] & ~rights == 0, "no more rights than were passed")
    theirs = given.handles[0][0]
    code, answer = taker.call(ECHO, [theirs], b"hi")
    expect(code == 0 and answer == b"hi", "the passed handle works")
    giver.close()
    code, answer = taker.call(ECHO, [theirs], b"still")
    expect(code == 0 and answer == b"still", "it works when the giver is gone")
    expect(code_of(taker.request("CLOSE", [(theirs, 0)])) == 0, "CLOSE of a passed handle")
    taker.close()
    print("a handle passed on")


def check_unknown(pipe):
    consumer = Consumer(pipe)
    frame = consumer.request(0x7f)
    expect(frame.kind == "UNSUPPORTED", "an unknown kind is answered as unsupported")
    expect(struct.unpack("<I", frame.body)[0] == 0x7f, "UNSUPPORTED names the kind")
    expect(consumer.open("lamp", 0, 3)[0] == 0, "and the connection goes on")
    consumer.close()
    print("an unknown kind")


def check_versions(pipe, reasons):
    for oldest, newest, good in ((1, 1, True), (0, 9, True), (2, 9, False), (0, 0, False)):
        consumer = Consumer(pipe, greet=False)
        frame = consumer.greet(oldest, newest)
        expect(frame.kind == ("WELCOME" if good else "GOODBYE"),
               "versions %d to %d" % (oldest, newest))
        if not good:
            expect(reason_of(frame) == reasons["VERSION"], "GOODBYE says VERSION")
        consumer.close()
    print("versions")


def reason_of(frame):
    expect(frame.kind == "GOODBYE", "a GOODBYE, not %s" % frame.kind)
    return struct.unpack_from("<H", frame.body)[0]


def expect_end(consumer, reason, what):
    frame = consumer.receive()
    expect(reason_of(frame) == reason, "%s: reason %d, not %d" % (what, reason, reason_of(frame)))
    try:
        consumer.receive()
        expect(False, what + ": GOODBYE is the last frame")
    except (EOFError, ConnectionResetError):
        pass
    consumer.close()


def check_rules(pipe, page, reasons):
    count = 0
    for verdict, name, data in vectors_of(page):
        if verdict != "bad":
            continue
        consumer = Consumer(pipe)
        consumer.send_bytes(data)
        expect_end(consumer, reasons[name], data.hex())
        count += 1
    consumer = Consumer(pipe, greet=False)
    consumer.send("CALL", 1, body=struct.pack("<I", ECHO))
    expect_end(consumer, reasons["ORDER"], "a request before the greeting")
    consumer = Consumer(pipe)
    consumer.send("HELLO", body=MAGIC + struct.pack("<HHII", 1, 1, 0, 65536))
    expect_end(consumer, reasons["ORDER"], "a second greeting")
    consumer = Consumer(pipe)
    consumer.send("REVOKED", handles=[(1, 0)])
    expect_end(consumer, reasons["SIDE"], "a provider's frame")
    print("%d broken rules" % (count + 3))


def check_truncation(pipe):
    frame = encode("CALL", 1, body=struct.pack("<I", ECHO) + b"truncated")
    for size in range(len(frame)):
        consumer = Consumer(pipe)
        consumer.send_bytes(frame[:size])
        consumer.close()
    consumer = Consumer(pipe)
    for byte in frame:
        consumer.send_bytes(bytes([byte]))
    answer = consumer.receive()
    expect(code_of(answer) == 0 and answer.body[4:] == b"truncated", "a byte at a time")
    consumer.close()
    print("frames cut off, and a byte at a time")


def main():
    pipe = sys.argv[1]
    with open(sys.argv[2], encoding="utf-8") as file:
        page = file.read()
    reasons = reasons_of(page)
    check_session(pipe)
    check_pass(pipe)
    check_unknown(pipe)
    check_versions(pipe, reasons)
    check_rules(pipe, page, reasons)
    check_truncation(pipe)
    print("all as the page says")


if __name__ == "__main__":
    main()
