extension Identity {
  func logoutAddress() async -> String? { nil }
}
