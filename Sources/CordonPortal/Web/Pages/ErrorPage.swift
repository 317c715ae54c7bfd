/// Why there is no page. The same words whatever exists here.
enum ErrorPage {
  /// The page for a fault.
  static func html(_ fault: WebFault, frame: PageFrame) -> HTML {
    let (title, text) = words(fault)
    return frame.card(
      title,
      """
      <p class="status">\(fault.status)</p>
      <h1>\(title)</h1>
      <p class="lead">\(text)</p>
      <a class="button primary wide" href=\(Route.home.path)>Back to the start</a>
      """)
  }

  private static func words(_ fault: WebFault) -> (title: String, text: String) {
    switch fault {
    case .malformed: ("Not understood", "Your browser sent something that this portal does not speak.")
    case .misdirected:
      (
        "Wrong address",
        "This portal answers to its own name only. Use the address that your operator gave you."
      )
    case .method: ("Not that way", "This page cannot be asked for like that.")
    case .lengthMissing, .notAForm: ("Not a form", "Only forms of this portal are taken.")
    case .bodyTooLarge, .headTooLarge: ("Too much", "That is more than this page takes.")
    case .tooSlow: ("Too slow", "The rest did not come in time. Try again.")
    case .crossSite:
      ("Sent from another page", "Only pages of this portal may ask for that. Start here and try again.")
    case .formExpired:
      ("That form is too old", "Nothing was done. Open the page again and send it once more.")
    case .notFound: ("Nothing here", "There is no such page, or it is not yours.")
    case .tooMany(let seconds): ("Too often", "Try again in \(SignInPage.spoken(seconds)).")
    case .failed: ("Not just now", "Something that this page needs does not answer. Try again in a minute.")
    }
  }
}
