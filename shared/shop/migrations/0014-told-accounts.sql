-- An operator who tells of the past tells since when there is an account, a cart or a wish: a customer
-- of a told year is not one of today. All of them are states, not facts, so no reader of the change
-- stream takes them for late ones.
grant insert (created_at) on customers, carts, wishlists to shop_app;
