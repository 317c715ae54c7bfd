/// What answers requests: the pages. It knows no sockets.
protocol WebSite: Sendable {
  /// Answers a request that passed the rules.
  func answer(_ request: WebRequest) async -> WebAnswer
  /// The page that says why there is no page.
  func answer(_ fault: WebFault) -> WebAnswer
}
