#[test]
fn ac1_doubles() {
    assert_eq!(twice::double(2), 4);
}

mod more {
    #[test]
    fn ac2_halves_of_text() {
        let text = "4";
        assert_eq!(
            text.halved(),
            2
        );
    }
}

#[test]
fn other() {
    let x: i32 = twice::half(2);
    assert_eq!(x, 1);
}
