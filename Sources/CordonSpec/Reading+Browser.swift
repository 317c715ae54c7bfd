import CordonModel

extension Reading {
  /// `browser:`. What is left out stays closed.
  mutating func browser(_ value: Value?, region: Region?) -> BrowserRules {
    var rules = BrowserRules()
    guard let value, let fields = self.fields(value, of: .browser) else { return rules }
    if let clipboard = fields["clipboard"] { read(clipboard: clipboard, into: &rules) }
    if let session = fields["session"] { read(session: session, into: &rules) }
    rules.upload = isOn(fields["upload"]) ?? rules.upload
    rules.download = isOut(fields["download"], "browser.download", as: .download, on: .browserDownload)
    rules.print = isOut(fields["print"], "browser.print", as: .print, on: .clipboardPrint)
    rules.largestFile = parsed(fields["largestFile"], Self.fileSize) ?? rules.largestFile
    rules.watermark = isOn(fields["watermark"]) ?? rules.watermark
    rules.redact = redactions(fields["redact"])
    if let value = fields["record"] { rules.recording = recording(value) }
    rules.hosts = hosts(fields["hosts"], entry: .browserHost, region: region)
    return rules
  }

  /// Each by the name of one that Cordon brings, or with a name and a pattern of its own.
  private mutating func redactions(_ value: Value?) -> [Redaction] {
    var declared = DeclaredNames<String>()
    let all = members(value).compactMap { member -> Redaction? in
      guard let redaction = redaction(member),
        take(redaction.name.text, of: .redaction, at: member.span, in: &declared)
      else { return nil }
      return redaction
    }
    if all.count > Redaction.most, let value {
      refuse(
        NameRefusal(
          kind: "list of patterns to hide", text: "\(all.count)", rule: "write \(Redaction.most) at most"),
        at: value.span)
    }
    return all
  }

  private mutating func redaction(_ value: Value) -> Redaction? {
    if case .scalar = value.tree {
      guard let known = choice(value, kind: "kind of text to hide", of: Redaction.Known.self) else {
        return nil
      }
      do { return try Redaction(known) } catch {
        refuse(error, at: value.span)
        return nil
      }
    }
    guard let fields = self.fields(value, of: .redaction),
      let name = slug(required("name", in: fields), kind: .redaction)
    else { return nil }
    return parsed(required("pattern", in: fields)) { text throws(NameRefusal) in
      try Redaction(name: name, pattern: text)
    }
  }

  private mutating func recording(_ value: Value) -> RecordingRules? {
    guard let fields = self.fields(value, of: .recording) else { return nil }
    var rules = RecordingRules()
    rules.keep = duration(fields["keep"], atLeast: 3_600) ?? rules.keep
    rules.limit = parsed(fields["limit"], Quantity.size) ?? rules.limit
    return rules
  }

  /// A file waits in memory for its person.
  private static func fileSize(_ text: String) throws(NameRefusal) -> Int {
    let bytes = try Quantity.size(text)
    guard bytes <= 128 << 20 else {
      throw NameRefusal(kind: "size of a file", text: text, rule: "write 128 MiB at most")
    }
    return bytes
  }

  /// A switch that lets something leave, which is reported.
  private mutating func isOut(
    _ value: Value?, _ key: String, as route: RouteFinding.Route, on path: EgressPath
  ) -> Bool {
    guard let value, isOn(value) == true else { return false }
    findings.append(RouteFinding(route, of: key, on: path, at: value.span))
    return true
  }

  private mutating func read(clipboard value: Value, into rules: inout BrowserRules) {
    guard let fields = self.fields(value, of: .clipboard) else { return }
    rules.clipboardIn = isOn(fields["in"]) ?? rules.clipboardIn
    rules.clipboardOut = isOut(
      fields["out"], "browser.clipboard.out", as: .clipboardOut, on: .clipboardPrint)
    rules.clipboardBudget = parsed(fields["budget"], Quantity.size) ?? rules.clipboardBudget
  }

  private mutating func read(session value: Value, into rules: inout BrowserRules) {
    guard let fields = self.fields(value, of: .session) else { return }
    rules.idle = duration(fields["idle"], atLeast: 60) ?? rules.idle
    let longest = duration(fields["longest"], atLeast: 60)
    rules.longest = longest ?? max(rules.longest, rules.idle)
    if let longest, longest < rules.idle, let value = fields["longest"], let text = self.text(value) {
      refuse(
        NameRefusal(kind: "longest session", text: text, rule: "it is shorter than 'idle'"), at: value.span)
    }
  }

  /// A duration of at least so many seconds.
  mutating func duration(_ value: Value?, atLeast least: Int) -> Int? {
    parsed(value) { text throws(NameRefusal) in
      let seconds = try Quantity.duration(text)
      guard seconds >= least else {
        throw NameRefusal(kind: "duration", text: text, rule: "write \(least) seconds or more")
      }
      return seconds
    }
  }
}
