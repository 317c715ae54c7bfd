/// A request's first line and headers, read leniently: the sink takes what no server should.
struct HTTPHead: Sendable, Equatable {
  var method: String
  var target: String
  var headers: [(name: String, value: String)]
  /// Bytes up to and with the empty line.
  var length: Int

  static func == (left: HTTPHead, right: HTTPHead) -> Bool {
    left.method == right.method && left.target == right.target && left.length == right.length
      && left.headers.elementsEqual(right.headers, by: ==)
  }

  /// The value of the first header of that name.
  subscript(name: String) -> String? {
    headers.first { $0.name == name.lowercased() }?.value
  }

  /// Nil until the empty line has arrived.
  init?(_ bytes: [UInt8]) {
    let crlf = bytes.firstIndex(ofSubsequence: [13, 10, 13, 10]).map { $0 + 4 }
    let bare = bytes.firstIndex(ofSubsequence: [10, 10]).map { $0 + 2 }
    guard let end = [crlf, bare].compactMap({ $0 }).min() else { return nil }
    let lines = bytes[..<end].split(separator: 10).map { line in
      String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
    }
    let words = (lines.first ?? "").split(separator: " ", maxSplits: 2).map(String.init)
    method = words.first ?? ""
    target = words.count > 1 ? words[1] : ""
    headers = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return (line[..<colon].lowercased(), String(value))
    }
    length = end
  }

  /// Whether bytes could be the beginning of a request.
  static func looksLikeRequest(_ bytes: [UInt8]) -> Bool {
    let word = bytes.prefix { (65...90).contains($0) || $0 == UInt8(ascii: "-") }
    return !word.isEmpty && word.count <= 16
      && (word.count == bytes.count || bytes[word.count] == UInt8(ascii: " "))
  }
}

/// Counts off a request's body.
struct HTTPBody: Sendable, Equatable {
  private enum Framing: Equatable { case length(Int), chunked(left: Int, inSize: Bool, text: String) }
  private var framing: Framing
  private(set) var isComplete: Bool

  init(_ head: HTTPHead) {
    if head["transfer-encoding"]?.lowercased().contains("chunked") == true {
      framing = .chunked(left: 0, inSize: true, text: "")
      isComplete = false
    } else {
      let length = Int(head["content-length"] ?? "") ?? 0
      framing = .length(max(0, length))
      isComplete = length <= 0
    }
  }

  /// How many of the bytes belong to the body.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> Int {
    switch framing {
    case .length(let left):
      let taken = min(left, bytes.count)
      framing = .length(left - taken)
      isComplete = left == taken
      return taken
    case .chunked(var left, var inSize, var text):
      var taken = 0
      for byte in bytes where !isComplete {
        taken += 1
        if !inSize {
          left -= 1
          inSize = left <= 0
        } else if byte == 10 {
          let size = Int(text.prefix { $0 != ";" && $0 != "\r" }, radix: 16)
          if text == "\r" || text.isEmpty { text = ""; continue }
          text = ""
          isComplete = size == nil || size == 0
          left = min(size ?? 0, 1 << 40)
          inSize = left == 0
        } else if text.utf8.count < 64 {
          text.unicodeScalars.append(Unicode.Scalar(byte))
        }
      }
      framing = .chunked(left: left, inSize: inSize, text: text)
      return taken
    }
  }
}
