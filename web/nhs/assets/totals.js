// Adds up the columns of money of a table while it is typed into. Without scripts the sums stand as they were saved.

export function addUp() {
  for (const table of document.querySelectorAll('[data-rows]')) {
    const lines = table.querySelectorAll('[data-total]')
    if (lines.length === 0) continue
    table.addEventListener('input', () => {
      for (const line of lines) show(table, line)
    })
  }
}

function show(table, line) {
  const cells = [...table.querySelectorAll('.af-rows input')].filter((cell) => cell.name.endsWith(`].${line.dataset.total}`))
  const amounts = cells.map((cell) => pence(cell.value))
  const words = amounts.includes(null) ? 'one of the amounts is not one' : pounds(amounts.reduce((sum, amount) => sum + amount, 0))
  line.textContent = `Total as typed: ${words}`
}

// pence reads an amount as the server does: pounds, with or without sign, commas and pence. null is no amount.
function pence(typed) {
  const text = typed.replace(/[£,\s]/g, '')
  if (text === '') return 0
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(text)) return null
  return Math.round(Number(text) * 100)
}

function pounds(amount) {
  const text = (amount / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })
  return `£${text.replace(/\.00$/, '')}`
}
