SELECT i.item, i.pieces, i.product, p.supplier
FROM item AS i
JOIN product AS p USING (product)
WHERE p.category = 'toys'
