import CActions

/// AWS's actions, resource types and condition keys as bundled text; `scripts/update-actions` describes its lines.
enum ActionList {
  /// The lines of the service called `name`, without its first; nil where it is not listed.
  static func section(of name: String) -> [UInt8]? {
    var name = name
    // SAFETY: the callee reads `count` bytes of the buffer and keeps nothing of it.
    let start = name.withUTF8 { buffer in
      guard let base = buffer.baseAddress else { return cordon_actions_length }
      return unsafe base.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
        unsafe cordon_actions_service($0, buffer.count)
      }
    }
    guard start < cordon_actions_length else { return nil }
    return bytes(from: start + name.utf8.count, to: cordon_actions_next_service(start))
  }

  /// The names of all services, in order.
  static var services: [String] {
    var names: [String] = []
    var at = cordon_actions_next_service(0)
    while at < cordon_actions_length {
      let line = bytes(from: at, to: min(at + 64, cordon_actions_length))
      names.append(String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
      at = cordon_actions_next_service(at)
    }
    return names
  }

  private static func bytes(from: Int, to: Int) -> [UInt8] {
    // SAFETY: the C array is constant, lives as long as the process, and is `cordon_actions_length` bytes long.
    let all = unsafe UnsafeRawBufferPointer(start: cordon_actions_start(), count: cordon_actions_length)
    return unsafe Array(all[max(0, from)..<min(max(from, to), all.count)])
  }
}
