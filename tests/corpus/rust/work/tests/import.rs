use twice::double;

#[test]
fn ac1_imports() {
    assert_eq!(double(2), 4);
}
