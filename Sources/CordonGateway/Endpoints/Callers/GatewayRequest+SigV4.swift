import CordonWire

extension GatewayRequest {
  /// The request as its signature covers it.
  func sigV4Request() throws(SigV4.Refusal) -> SigV4.Request {
    try SigV4.Request(
      method: method, target: query.map { "\(path)?\($0)" } ?? path,
      headers: headers.map { HeaderField($0.name, $0.value) })
  }
}
