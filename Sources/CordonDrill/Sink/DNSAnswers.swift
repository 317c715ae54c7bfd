/// The sink's name server: it answers every question, so that only the environment under test can be in the way.
///
/// It reads no more of a message than it needs, and records the rest as it came.
struct DNSAnswers: Sendable {
  /// What names lead to, unless `addresses` says otherwise.
  var sinkV4: [UInt8]
  var sinkV6: [UInt8]
  /// Names with an address of their own, in lower case.
  var addresses: [String: [UInt8]] = [:]

  private static let a: UInt16 = 1
  private static let txt: UInt16 = 16
  private static let aaaa: UInt16 = 28

  /// The name in the first question, its labels joined with dots; nil when there is none to be read.
  static func questionName(_ message: [UInt8]) -> (name: String, end: Int)? {
    guard message.count > 12 else { return nil }
    var labels: [String] = []
    var index = 12
    while index < message.count {
      let length = Int(message[index])
      index += 1
      if length == 0 { return (labels.joined(separator: "."), index) }
      guard length < 64, index + length <= message.count else { return nil }
      labels.append(String(decoding: message[index..<(index + length)], as: UTF8.self))
      index += length
    }
    return nil
  }

  /// A reply, or nil where the message is not a question.
  func reply(to message: [UInt8]) -> [UInt8]? {
    guard let (name, end) = Self.questionName(message), end + 4 <= message.count, message[2] & 0x80 == 0
    else {
      return nil
    }
    let type = UInt16(message[end]) << 8 | UInt16(message[end + 1])
    let question = message[12..<(end + 4)]
    let data = answer(name.lowercased(), type)
    // RFC 1035 §4.1.1: QR, AA and RA set, RD as asked, one question, at most one answer.
    var reply: [UInt8] = [message[0], message[1], 0x84 | (message[2] & 1), 0x80, 0, 1]
    reply += [0, data == nil ? 0 : 1, 0, 0, 0, 0]
    reply += question
    if let data {
      reply += [0xC0, 0x0C] + message[end..<(end + 4)] + [0, 0, 0, 1]
      reply += [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    }
    return reply
  }

  private func answer(_ name: String, _ type: UInt16) -> [UInt8]? {
    switch type {
    case Self.a: addresses[name] ?? sinkV4
    case Self.aaaa: addresses[name] == nil ? sinkV6 : nil
    case Self.txt: [5] + Array("drill".utf8)
    default: nil
    }
  }
}
