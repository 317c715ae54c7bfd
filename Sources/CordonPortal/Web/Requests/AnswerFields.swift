import NIOHTTP1

/// The fields that every answer of the portal carries, made in this one place.
enum AnswerFields {
  /// All fields of an answer but its framing.
  static func fields(for answer: WebAnswer, origin: String?) -> HTTPHeaders {
    var fields = HTTPHeaders()
    fields.add(name: "Content-Security-Policy", value: policy(answer.kind, origin: origin))
    fields.add(name: "X-Content-Type-Options", value: "nosniff")
    fields.add(name: "X-Frame-Options", value: "DENY")
    // With `no-referrer` browsers send `Origin: null` with our own forms (Fetch §3.2), and there would be nothing to check.
    // No other site learns more: outside, both say nothing.
    fields.add(name: "Referrer-Policy", value: "same-origin")
    fields.add(name: "Permissions-Policy", value: permissions)
    fields.add(name: "Cross-Origin-Opener-Policy", value: "same-origin")
    fields.add(name: "Cross-Origin-Embedder-Policy", value: "require-corp")
    fields.add(name: "Cross-Origin-Resource-Policy", value: "same-origin")
    fields.add(name: "X-Robots-Tag", value: "noindex, nofollow")
    if isNamed(origin) { fields.add(name: "Strict-Transport-Security", value: "max-age=31536000") }
    switch answer.kind {
    case .page, .stream: fields.add(name: "Content-Type", value: "text/html; charset=utf-8")
    case .data: fields.add(name: "Content-Type", value: "application/json")
    case .asset(let type): fields.add(name: "Content-Type", value: type)
    case .attachment(let name):
      // No type of its own: nothing of it is shown, run or guessed at, whatever it is.
      fields.add(name: "Content-Type", value: "application/octet-stream")
      fields.add(name: "Content-Disposition", value: name.disposition)
    }
    if case .asset = answer.kind, answer.status == 200 {
      fields.add(name: "Cache-Control", value: "public, max-age=31536000, immutable")
    } else {
      fields.add(name: "Cache-Control", value: "no-store")
    }
    if let route = answer.location { fields.add(name: "Location", value: route.path) }
    if let address = answer.organization { fields.add(name: "Location", value: address) }
    for cookie in answer.cookies { fields.add(name: "Set-Cookie", value: cookie) }
    if let allow = answer.allow { fields.add(name: "Allow", value: allow) }
    if let seconds = answer.retryAfter { fields.add(name: "Retry-After", value: String(max(1, seconds))) }
    return fields
  }

  /// Nothing, and then what our own pages need: their style, script and icon, forms to ourselves, and where there is a
  /// stream its socket. Text never becomes script: no inline script, no `eval`, no script from a string (Trusted Types).
  static func policy(_ kind: WebAnswer.Kind, origin: String?) -> String {
    var parts = ["default-src 'none'"]
    switch kind {
    case .page, .stream:
      parts += ["script-src 'self'", "style-src 'self'", "img-src 'self'"]
      if kind == .stream, let origin {
        // 'self' covers the socket in CSP 3; older engines want it by name.
        parts.append("connect-src 'self' wss://" + origin.dropFirst("https://".count))
      }
      parts += ["form-action 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"]
    case .data, .asset: break
    case .attachment: parts.append("sandbox")
    }
    return (parts + ["base-uri 'none'", "frame-ancestors 'none'"]).joined(separator: "; ")
  }

  private static let permissions =
    [
      "accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "encrypted-media", "geolocation",
      "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
      "publickey-credentials-create", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    ].map { "\($0)=()" }.joined(separator: ", ")
    + ", clipboard-read=(), clipboard-write=(self), fullscreen=(self)"

  /// HSTS is about names (RFC 6797 §8.1.1 leaves addresses out), and for `localhost` it would reach every other server of
  /// that machine.
  private static func isNamed(_ origin: String?) -> Bool {
    guard let origin, !origin.hasPrefix("https://localhost"), !origin.contains("[") else { return false }
    let host = origin.dropFirst("https://".count).split(separator: ":").first ?? ""
    return host.contains { $0.isLetter }
  }
}
