import CordonGateway
import Testing

@Suite struct `Package names` {
  @Test(arguments: [
    ("scikit-learn", "scikit-learn"), ("scikit-learn", "Scikit_Learn"), ("scikit-learn", "scikit...learn"),
    ("a", "A"), ("zope-interface", "zope.interface"),
  ])
  func `a name is normalised before anything is decided`(normal: String, written: String) {
    #expect(PackageName(written)?.text == normal)
  }

  @Test(arguments: [
    "", "-a", "a-", "a b", "a/b", "..", "ä", "a%2fb", String(repeating: "a", count: 101), "a\u{0}",
  ])
  func `what does not fit is no name`(written: String) {
    #expect(PackageName(written) == nil)
  }

  @Test(arguments: [
    ("1.17.0", "six", "six-1.17.0-py2.py3-none-any.whl"),
    ("1.17.0", "six", "six-1.17.0.tar.gz"),
    ("2.0", "zope-interface", "zope.interface-2.0.tar.gz"),
    ("1.0.post1", "my-pkg", "my-pkg-1.0.post1.zip"),
    ("6.0.3", "pyyaml", "PyYAML-6.0.3-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"),
  ])
  func `a file belongs to its project and says its version`(version: String, project: String, file: String)
    throws
  {
    let name = try #require(PackageName(project))
    #expect(DistributionFile(file, of: name)?.version == version)
  }

  @Test(arguments: [
    "other-1.0.tar.gz", "six-1.17.0.exe", "../six-1.0.tar.gz", "six-1.0.tar.gz?x=secret", "six.whl",
    "six-1.0-py3-none.whl", ".six-1.0.tar.gz", "six-secret.tar.gz",
  ])
  func `a file of another shape or project is refused`(file: String) throws {
    let name = try #require(PackageName("six"))
    #expect(DistributionFile(file, of: name) == nil)
  }
}
