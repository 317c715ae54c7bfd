/// Why a request gets no page. Each has one public answer; nothing of it depends on what exists here.
enum WebFault: Error, Equatable, Sendable {
  /// Not HTTP as we speak it, or readable in two ways.
  case malformed
  /// For a host that this portal is not: how a page's script would reach us through DNS rebinding.
  case misdirected
  /// A method that the page does not have.
  case method(allowed: String)
  /// A form without its length.
  case lengthMissing
  /// A body that is longer than this page's forms are.
  case bodyTooLarge
  /// A head that is longer than a browser's.
  case headTooLarge
  /// A body that is no form.
  case notAForm
  /// It did not come in the time there is.
  case tooSlow
  /// Another site's page sent it.
  case crossSite
  /// A form that was made for another sign-in, or before a restart.
  case formExpired
  /// Not here, or not for this person: nobody learns which.
  case notFound
  /// Too often.
  case tooMany(retryAfter: Int)
  /// What is needed for an answer did not work; the log has why.
  case failed

  /// The answer's status.
  var status: Int {
    switch self {
    case .malformed: 400
    case .misdirected: 421
    case .method: 405
    case .lengthMissing: 411
    case .bodyTooLarge: 413
    case .headTooLarge: 431
    case .notAForm: 415
    case .tooSlow: 408
    case .crossSite, .formExpired: 403
    case .notFound: 404
    case .tooMany: 429
    case .failed: 503
    }
  }

  /// Whether the connection cannot go on: what follows on it could be read in two ways.
  var closes: Bool {
    switch self {
    case .malformed, .misdirected, .lengthMissing, .bodyTooLarge, .headTooLarge, .tooSlow, .notAForm: true
    case .method, .crossSite, .formExpired, .notFound, .tooMany, .failed: false
    }
  }
}
