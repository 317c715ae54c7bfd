import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOSSL

/// The way to the provider: `https` to listed hosts, no redirect, no answer beyond 256 KiB or ten seconds.
final class ProviderHTTP: Sendable {
  static let largest = 256 * 1_024

  private let client: HTTPClient
  private let hosts: Set<String>

  /// - Parameters:
  ///   - hosts: The only hosts that are asked, each with its port where it is not 443.
  ///   - authorities: A PEM file to trust instead of the system's.
  init(hosts: Set<String>, authorities: String?) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let authorities { tls.trustRoots = .file(authorities) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(5), read: .seconds(10)))
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.hosts = hosts
  }

  deinit { client.shutdown { _ in } }

  func get(_ address: ProviderAddress) async throws(ProviderProblem) -> [UInt8] {
    try await send(HTTPClientRequest(url: address.text), to: address)
  }

  /// Posts a form.
  func post(
    _ fields: [(String, String)], authorization: String?, to address: ProviderAddress
  ) async throws(ProviderProblem) -> [UInt8] {
    var request = HTTPClientRequest(url: address.text)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    if let authorization { request.headers.add(name: "authorization", value: authorization) }
    request.body = .bytes(Array(ProviderForm.text(fields).utf8))
    return try await send(request, to: address)
  }

  private func send(
    _ request: HTTPClientRequest, to address: ProviderAddress
  ) async throws(ProviderProblem) -> [UInt8] {
    guard hosts.contains(address.authority) else {
      throw .badAnswer("it names \(address.authority), which the spec does not list")
    }
    var request = request
    request.headers.add(name: "accept", value: "application/json")
    do {
      let response = try await client.execute(request, timeout: .seconds(10))
      guard response.status == .ok else {
        throw ProviderProblem.unreachable("\(address.authority) answered \(response.status.code)")
      }
      let body = try await response.body.collect(upTo: Self.largest)
      return Array(body.readableBytesView)
    } catch let problem as ProviderProblem {
      throw problem
    } catch {
      throw .unreachable("\(address.authority): \(error)")
    }
  }
}

/// `application/x-www-form-urlencoded`, strictly.
enum ProviderForm {
  static func text(_ fields: [(String, String)]) -> String {
    fields.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
  }

  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The fields of a query; nil for one that is too long, is not UTF-8, or says the same field twice.
  static func fields(_ query: String) -> [String: String]? {
    guard query.utf8.count <= 8_192 else { return nil }
    var fields: [String: String] = [:]
    for pair in query.split(separator: "&", omittingEmptySubsequences: true) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard fields.count < 32, let name = decoded(parts[0]),
        let value = decoded(parts.count == 2 ? parts[1] : ""),
        fields.updateValue(value, forKey: name) == nil
      else { return nil }
    }
    return fields
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
