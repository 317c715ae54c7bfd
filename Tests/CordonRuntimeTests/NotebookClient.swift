/// A browser's part in a few lines of Python: the requests that JupyterLab makes, over the socket that the gateway uses.
enum NotebookClient {
  /// Words: the socket's path, then `get PATH`, `status`, `cell CODE`, `terminal LINE`, `save PATH CODE`, `delete PATH`,
  /// `move OLD NEW`, `shutdown`. Prints what a person would see.
  static let script = #"""
    import base64, http.client, json, socket, sys, time, uuid
    import websocket
    place, verb, words = sys.argv[1], sys.argv[2], sys.argv[3:]
    host = "notebook.cordon.internal"
    def connect():
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(60)
        link.connect(place)
        return link
    class Link(http.client.HTTPConnection):
        def connect(self): self.sock = connect()
    def ask(method, path, body=None):
        link = Link(host)
        head = {"Referer": f"http://{host}/lab", "Origin": f"http://{host}", "Content-Type": "application/json",
                "Cookie": "_xsrf=one", "X-XSRFToken": "one"}
        link.request(method, path, None if body is None else json.dumps(body), head)
        answer = link.getresponse()
        ask.disposition = answer.getheader("Content-Disposition", "none")
        return answer.status, answer.read()
    def talk(path):
        return websocket.create_connection(f"ws://{host}{path}", socket=connect(), origin=f"http://{host}",
                                           cookie="_xsrf=one", timeout=60)
    def notebook(code):
        cell = {"cell_type": "code", "id": "one", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
        return {"type": "notebook", "format": "json", "content": {
            "cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}
    if verb == "get":
        status, body = ask("GET", words[0])
        print(status)
        print(body.decode(errors="replace"))
        print("disposition:", ask.disposition)
    elif verb == "status":
        # Until it has settled, or it is known why not.
        for _ in range(300):
            kept = json.loads(ask("GET", "/cordon/kept")[1])
            if kept["state"] != "keeping" and not (len(words) and kept["state"] != words[0]): break
            time.sleep(0.1)
        print(kept["state"])
        print(json.dumps(kept))
    elif verb == "save":
        path, text = words
        model = notebook(text) if path.endswith(".ipynb") else {"type": "file", "format": "text", "content": text}
        print(ask("PUT", f"/api/contents/{path}", model)[0])
    elif verb == "upload":
        # As the lab does with a large file: in parts.
        path, megabytes = words[0], int(words[1])
        part = base64.b64encode(b"x" * (1 << 20)).decode()
        for number in range(1, megabytes + 1):
            chunk = -1 if number == megabytes else number
            model = {"type": "file", "format": "base64", "chunk": chunk, "content": part}
            status = ask("PUT", f"/api/contents/{path}", model)[0]
        print(status)
    elif verb == "delete":
        print(ask("DELETE", f"/api/contents/{words[0]}")[0])
    elif verb == "move":
        print(ask("PATCH", f"/api/contents/{words[0]}", {"path": words[1]})[0])
    elif verb == "shutdown":
        print(ask("POST", "/api/shutdown", {})[0])
    elif verb == "terminal":
        name = json.loads(ask("POST", "/api/terminals", {})[1])["name"]
        link = talk(f"/terminals/websocket/{name}")
        said = ""
        link.send(json.dumps(["stdin", words[0] + "\r"]))
        while words[1] not in said:
            kind, *rest = json.loads(link.recv())
            if kind == "stdout": said += rest[0]
        print(said)
    elif verb == "cell":
        status, body = ask("POST", "/api/sessions", {
            "path": "x.ipynb", "name": "x", "type": "notebook", "kernel": {"name": "python3"}})
        kernel = json.loads(body)["kernel"]["id"]
        link = talk(f"/api/kernels/{kernel}/channels?session_id=s")
        one = uuid.uuid4().hex
        link.send(json.dumps({"channel": "shell", "buffers": [], "parent_header": {}, "metadata": {}, "header": {
            "msg_id": one, "msg_type": "execute_request", "session": "s", "username": "", "version": "5.3",
            "date": "2026-01-01T00:00:00Z"}, "content": {
            "code": words[0], "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True}}))
        while True:
            message = link.recv()
            if isinstance(message, bytes): continue
            message = json.loads(message)
            if message["parent_header"].get("msg_id") != one: continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream": print(content["text"], end="")
            elif kind in ("display_data", "execute_result"):
                for form, data in sorted(content["data"].items()): print(form, str(data)[:60])
            elif kind == "comm_open": print("comm", content["target_name"])
            elif kind == "error": print(content["ename"], content["evalue"])
            elif kind == "status" and content["execution_state"] == "idle": break
    """#
}
